"""Middleware: malformed requests, headers of responses, sign-in for scripts, first account, preferences."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from albums.date_formats import regional_language
from albums.exceptions import PicturesBusy
from albums.http.body_limits import body_allow, body_check, is_question, limit_of
from albums.http.content_policy import CONTENT_SECURITY_POLICY
from albums.http.htmx import is_scripted, signed_out
from albums.http.preference_cookies import preference_cookies_set
from albums.http.redirects import redirect_to_referrer
from albums.http.request_limits import form_check, path_numbers_check, request_check
from albums.http.session_user import session_user
from albums.services.accounts.accounts import accounts_exist
from albums.services.accounts.preferences import preferences_of

# Pages may use nothing of the device, unless a view allows it.
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=()"
# Pages for everybody at any time, without the prefix of the server; the receipt may be of the only account.
OPEN_PATHS = (
    "/static/", "/favicon.ico", "/healthz", "/readyz", "/metrics", "/api/", "/s/", "/texts.js",
    "/settings/deleted/", "/manifest.json", "/service-worker.js", "/offline/",
)  # fmt: skip

Respond = Callable[[HttpRequest], HttpResponse]


class _Middleware:
    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response


class RequestLimitsMiddleware(_Middleware):
    """Refuses malformed requests before anything else reads them. Must come before the session middleware."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check address, query, cookies and JSON."""
        request_check(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, kwargs: dict[str, Any]
    ) -> None:
        """Check the numbers of the address, and the form of a page; serializers check those of the API."""
        path_numbers_check(kwargs)
        if not getattr(view, "csrf_exempt", False):
            form_check(request)


class PathPrefixMiddleware(_Middleware):
    """Removes the path of TROMBINE_PUBLIC_URL from the address, which the proxy passes on unchanged.

    Addresses outside it are refused by `request_check`, but for health checks, which come without the proxy.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Route by the rest of the path."""
        prefix: str = settings.PATH_PREFIX
        if prefix:
            # Django has put the prefix before the whole path.
            request.path = request.path_info
            if request.path_info == prefix:
                return HttpResponseRedirect(f"{prefix}/")
            if request.path_info.startswith(f"{prefix}/"):
                request.path_info = request.path_info.removeprefix(prefix)
        return self.get_response(request)


class BodyLimitMiddleware(_Middleware):
    """Refuses bodies that are too large before anything reads them.

    Its view hook must come before those of other middleware, which read forms. Views of the API, which know
    more accounts than that of the session, call `body_check` by themselves.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Check the announced length; answer the web server's question without calling the view."""
        if getattr(view, "checks_bodies", False):
            if is_question(request):
                # It has no body with a token, and `ApiView` never carries it out. No client can send one:
                # its key in the environment is none of a header.
                request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's switch
            return None
        limit = body_check(request, limit_of(view), **kwargs)
        if not is_question(request):
            return None
        return body_allow(HttpResponse(status=HTTPStatus.NO_CONTENT), limit)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response."""
        return self.get_response(request)


class ResponseHeadersMiddleware(_Middleware):
    """Adds the headers of all responses, unless the view has set them.

    Must be the second middleware, so that redirects and errors of the others have them, too.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        # Pages of other sites cannot show a photo of this one.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class SignInMiddleware(_Middleware):
    """Responds to scripts without a session with 401, and redirects forms so that their page follows.

    Scripts follow a redirect unnoticed, and would take the sign-in page for a success. After a form the page
    that it was on follows the sign-in: many addresses of forms are no pages. Must come before the middleware
    that redirects.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replace a redirect to a sign-in page."""
        response = self.get_response(request)
        if not isinstance(response, HttpResponseRedirect):
            return response
        path, signs_in = urlsplit(response.url).path, resolve_url(settings.LOGIN_URL)
        if not is_scripted(request):
            lost = request.method == "POST" and response.url.startswith(f"{signs_in}?{REDIRECT_FIELD_NAME}=")
            return _back_to_the_form(request) if lost else response
        if path == signs_in:
            return signed_out()
        return signed_out("no_account") if path == reverse("albums:welcome") else response


def _back_to_the_form(request: HttpRequest) -> HttpResponse:
    page = urlsplit(redirect_to_referrer(request).url)
    return redirect_to_login(page._replace(scheme="", netloc="").geturl())


class PicturesBusyMiddleware(_Middleware):
    """Asks the client to come back when the server already decodes as many pictures as it can at once."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Respond."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the response of a view that got no child process."""
        if not isinstance(exception, PicturesBusy):
            return None
        response = render(request, "shared/pictures_busy.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = str(exception.seconds)
        return response


class PictureMiddleware(_Middleware):
    """Calls the view of a picture at once for an account that is signed in; skips the middleware after it.

    A page has dozens of pictures, and most of the time of each went into the middleware after this one, which
    does nothing for it. Must come before the session middleware.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Respond with the picture, or as usual."""
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key or request.method != "GET" or not request.path_info.endswith(".jpg"):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if not getattr(match.func, "is_picture", False) or (found := session_user(key)) is None:
            return self.get_response(request)
        request.user, request.resolver_match = found.user, match
        try:
            path_numbers_check(match.kwargs)
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Http404:
            # The page that says so is in the language of the account.
            del request.user
            return self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        return response


class AccountMiddleware(AuthenticationMiddleware):
    """Django's, with fewer steps for a session that is signed in: see `session_user`."""

    def process_request(self, request: HttpRequest) -> None:
        """Set `user`, which is found when it is used."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]  # as Django's


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    """Return the account of a request, and set the data of its session."""
    session = request.session
    key = session.session_key
    # A session whose data are there may have been changed by this request.
    if key and not hasattr(session, "_session_cache") and (found := session_user(key)) is not None:
        session._session_cache = found.session  # type: ignore[attr-defined]  # noqa: SLF001 - as `_get_session`
        session.accessed = True
        user: User | AnonymousUser = found.user
    else:
        user = get_user(request)
    # Where Django keeps it, and the log looks for it.
    request._cached_user = user  # type: ignore[attr-defined]  # noqa: SLF001 - as `get_user`
    return user


class FirstAccountMiddleware(_Middleware):
    """Redirects visitors to the welcome page while there is no account.

    Must come after the authentication middleware. A signed-in user costs no query.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Redirect to the welcome page if there is no account."""
        welcome = reverse("albums:welcome")
        is_open = request.path_info.startswith(OPEN_PATHS) or request.path.startswith(welcome)
        if not is_open and not request.user.is_authenticated and not accounts_exist():
            return HttpResponseRedirect(welcome)
        return self.get_response(request)


class RegionMiddleware(_Middleware):
    """Formats dates and numbers as in the browser's region: British English is not American English.

    Must come after Django's locale middleware, which knows languages only.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Use the formats of the region with the active language."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(regional_language(language, request.headers.get("Accept-Language", ""))):
            return self.get_response(request)


class PreferencesMiddleware(_Middleware):
    """Sets the cookies of language and theme on a device that does not have them.

    Must be between the authentication and locale middlewares. With the cookies it costs no query.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Use the account's preferences for this request, and set the cookies."""
        is_set = settings.THEME_COOKIE_NAME in request.COOKIES
        # The paths first: /healthz responds without the database.
        if is_set or request.path_info.startswith(OPEN_PATHS) or not request.user.is_authenticated:
            return self.get_response(request)
        preferences = preferences_of(request.user.pk)
        request.COOKIES[settings.THEME_COOKIE_NAME] = preferences.theme
        if preferences.language:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = preferences.language
        response = self.get_response(request)
        if settings.THEME_COOKIE_NAME not in response.cookies:
            preference_cookies_set(response, preferences)
        return response
