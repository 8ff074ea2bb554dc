"""What every answer carries, and where a visitor goes while there is no account."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import translation

from albums.date_formats import regional_language
from albums.http.htmx import HtmxRequest
from albums.models import Preferences
from albums.services.accounts.accounts import accounts_exist
from albums.services.accounts.preferences import preferences_remember

# Everything comes from this server; pictures may also be data: addresses (the look-alike page shows the
# picture it was given without keeping it). No inline script and no inline style: boxes are SVG attributes.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# What a page may use of the device: nothing, unless its view says otherwise.
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=()"
# These pages are for everybody, at any time.
OPEN_PATHS = (
    *("/static/", "/favicon.ico", "/healthz", "/readyz", "/metrics", "/api/", "/s/", "/texts.js"),
    # The receipt of an account that was deleted, which may have been the only one.
    "/settings/deleted/",
)

Respond = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicyMiddleware:
    """Adds the Content-Security-Policy and the Permissions-Policy, unless a view has set its own."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class HtmxSignInMiddleware:
    """Lets the whole browser go to the sign-in page when htmx meets it, in place of a part of a page.

    htmx follows a redirect unseen, and would put the page that it leads to where the part was. After signing
    in one comes back to the page on which one was. Must come before those that redirect.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        """Answer; a redirect to a page where one signs in becomes one of the browser."""
        response = self.get_response(request)
        if not (request.htmx and isinstance(response, HttpResponseRedirect)):
            return response
        path = urlsplit(response.url).path
        if path == resolve_url(settings.LOGIN_URL):
            page = request.htmx.current_url_abs_path or "/"
            target = f"{path}?{urlencode({'next': page})}"
        elif path == reverse("albums:welcome"):
            target = path
        else:
            return response
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": target})


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


class RegionMiddleware:
    """Formats dates and numbers as the browser's region does: British English is not American English.

    Must come after Django's locale middleware, which knows languages only.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language that is active, with the formats of the region."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(regional_language(language, request.headers.get("Accept-Language", ""))):
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
