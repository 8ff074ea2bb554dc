"""What every answer carries, and where a visitor goes while there is no account."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from albums.models import Preferences
from albums.services.accounts import accounts_exist
from albums.services.preferences import preferences_remember

# Everything comes from this server; pictures may also be data: addresses (the look-alike page shows the
# picture it was given without keeping it). No inline script and no inline style: boxes are SVG attributes.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# These pages are for everybody, at any time.
OPEN_PATHS = ("/static/", "/healthz", "/api/", "/s/", "/texts.js")

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


class PreferencesMiddleware:
    """Brings an account's language and theme to a device that has no cookie for them yet.

    Must come after the authentication middleware and before Django's locale middleware. Once the cookies are
    there it costs no query.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and set the cookies where they are missing."""
        missing = settings.THEME_COOKIE_NAME not in request.COOKIES
        if not missing or not request.user.is_authenticated or request.path.startswith(OPEN_PATHS):
            return self.get_response(request)
        wanted = Preferences.objects.filter(user_id=request.user.pk).first() or Preferences()
        request.COOKIES[settings.THEME_COOKIE_NAME] = wanted.theme
        if wanted.language:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = wanted.language
        response = self.get_response(request)
        if settings.THEME_COOKIE_NAME not in response.cookies:
            preferences_remember(response, wanted)
        return response
