"""The addresses of the product, and three at which something goes wrong as it does nowhere by itself."""

from typing import NoReturn

import psycopg
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path

from albums.exceptions import PicturesBusy
from config import urls


def forbidden(_request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def broken(_request: HttpRequest) -> NoReturn:
    raise RuntimeError("this is what a mistake in the program looks like")


def away(_request: HttpRequest) -> NoReturn:
    raise OperationalError("connection refused") from psycopg.OperationalError()


def busy(_request: HttpRequest) -> NoReturn:
    raise PicturesBusy(seconds=5)


handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
urlpatterns: list[URLPattern | URLResolver] = [
    path("fails/forbidden/", forbidden),
    path("fails/broken/", broken),
    path("fails/away/", away),
    path("fails/busy/", busy),
    *urls.urlpatterns,
]
