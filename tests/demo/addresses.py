"""The addresses of the product, and some that lead to each error page."""

from __future__ import annotations

from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import path

from albums.views.accounts import csrf_failure
from config.urls import urlpatterns as product


def forbidden(_request: HttpRequest) -> NoReturn:
    """Respond with the page for missing permissions."""
    raise PermissionDenied


def broken(_request: HttpRequest) -> NoReturn:
    """Respond with the page for internal errors."""
    raise RuntimeError("for the screenshot")


urlpatterns = [
    path("drawn/forbidden/", forbidden),
    path("drawn/broken/", broken),
    path("drawn/untrusted/", csrf_failure),
    *product,
]
