"""The administration site: access, language, and the Content-Security-Policy of its pages.

Not in the package `albums.admin`, whose modules register with the site while it is being created.
"""

from collections.abc import Callable
from functools import update_wrapper
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import translation

from albums.context_processors import appearance

if TYPE_CHECKING:
    # It has no types, and is Django's with more in it.
    from django.contrib.admin import AdminSite as _Site
else:
    from unfold.sites import UnfoldAdminSite as _Site

# Of the administration's pages alone: the scripts of unfold are written in Alpine, which compiles what stands
# in attributes, and its templates have <style> elements and style attributes. Still nothing but our own
# server, and no script that is written into a page.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
LANGUAGE = "en"
# Apps of django-allauth: codes, passkeys, and accounts of the sign-in provider.
WITHOUT_PAGES = frozenset({"account", "mfa", "socialaccount"})

View = Callable[..., HttpResponseBase]


class _SameMethodRedirect(HttpResponseRedirect):
    """Repeat the POST at the new address."""

    status_code = HTTPStatus.TEMPORARY_REDIRECT


_pages: list[tuple[str, str, View]] = []


def page(route: str, *, name: str) -> Callable[[View], View]:
    """Make a view a page of the administration, at `route` below it, as `admin:name`."""

    def registered(view: View) -> View:
        _pages.append((route, name, view))
        return view

    return registered


def theme_of(request: HttpRequest) -> str | None:
    """Return `dark` or `light` as set by the account; None if the device decides."""
    return appearance(request)["theme"] or None


class OperatorSite(_Site):
    """The administration, for operators (`is_staff`), who sign in like everyone else.

    All of it is in English: half of its words are Django's, which alone would be in the reader's language.
    """

    index_title = "Overview"
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register tables, but none that has secrets of the owners' alone."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        shown = [model for model in models if model._meta.app_label not in WITHOUT_PAGES]  # noqa: SLF001 - Django's way
        super().register(shown, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        """Wrap a view as Django does; in English, and with a Content-Security-Policy of its own."""
        guarded = super().admin_view(view, cacheable)

        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with translation.override(LANGUAGE):
                response: HttpResponse = guarded(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()
            response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            return response

        return update_wrapper(answer, guarded)

    def extra_urls(self) -> list[URLPattern]:
        """The pages that show no single table."""
        return [path(route, self.admin_view(view), name=name) for route, name, view in _pages]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the one sign-in page; refuse signed-in users who are no operators."""
        del extra_context
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Ends the session, by POST."""
        del request, extra_context
        return _SameMethodRedirect(reverse("albums:sign_out"))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Complete nothing: no table is edited, and Django's view fails for relations without a field."""
        del request
        raise Http404

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Among the settings of the account."""
        del request, extra_context
        return redirect("albums:settings_account")


def page_response(
    site: Any, request: HttpRequest, template: str, *, title: str, **context: Any
) -> TemplateResponse:
    """A page of the administration, with its frame. `site`: `django.contrib.admin.site`."""
    request.current_app = site.name  # Django's way
    return TemplateResponse(request, template, {**site.each_context(request), "title": title, **context})
