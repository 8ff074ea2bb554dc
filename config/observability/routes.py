"""The name of what a request asks for. Addresses hold ids, and some hold secrets; names hold neither."""

from django.conf import settings
from django.http import HttpRequest

STATIC = "static"
UNKNOWN = "unknown"
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def route_of(request: HttpRequest) -> str:
    """The view's name, as in `albums:photo`; one of as many as there are rows in the tables of addresses."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or match.route
    return STATIC if request.path_info.startswith(str(settings.STATIC_URL)) else UNKNOWN


def method_of(request: HttpRequest) -> str:
    """The method, or OTHER: a client may write anything there."""
    return request.method if request.method in METHODS else "OTHER"
