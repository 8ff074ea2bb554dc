"""What every answer carries, and where a visitor goes while there is no account."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from albums.services.accounts import accounts_exist

# Everything comes from this server; pictures may also be data: addresses (the look-alike page shows the
# picture it was given without keeping it). No inline script and no inline style: boxes are SVG attributes.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# These pages are for everybody, at any time.
OPEN_PATHS = ("/static/", "/healthz", "/api/")

Respond = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicyMiddleware:
    """Adds the Content-Security-Policy, unless a view has set its own."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the header."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


class FirstAccountMiddleware:
    """Sends every visitor to the welcome page as long as nobody has an account.

    Must come after the authentication middleware. A signed-in visitor costs no query.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or redirect to the welcome page."""
        welcome = reverse("albums:welcome")
        if (
            not request.path.startswith((*OPEN_PATHS, welcome))
            and not request.user.is_authenticated
            and not accounts_exist()
        ):
            return HttpResponseRedirect(welcome)
        return self.get_response(request)
