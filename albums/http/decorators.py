"""Decorators for views of signed-in users."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def cacheable_page_view(view: View) -> View:
    """Decorate a page to read: GET and HEAD."""
    return login_required(require_safe(view))


def picture_view(view: View) -> View:
    """Decorate the view of a picture, of which a page has dozens: `PictureMiddleware` calls it at once."""
    decorated = cacheable_page_view(view)
    decorated.is_picture = True  # type: ignore[attr-defined]  # a mark for the middleware
    return decorated


def cacheable_form_view(view: View) -> View:
    """Decorate a page with a form: GET, HEAD and POST."""
    return login_required(require_http_methods(["GET", "HEAD", "POST"])(view))


def page_view(view: View) -> View:
    """Decorate a page to read that is never cached."""
    return never_cache(cacheable_page_view(view))


def form_view(view: View) -> View:
    """Decorate a page with a form that is never cached."""
    return never_cache(cacheable_form_view(view))


def action_view(view: View) -> View:
    """Decorate a view that changes something: POST only."""
    return login_required(require_POST(view))
