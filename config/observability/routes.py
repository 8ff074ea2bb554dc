"""Route names of requests, for logs and metrics: URLs contain ids and secrets, names do not."""

from django.conf import settings
from django.http import HttpRequest

STATIC = "static"
UNKNOWN = "unknown"
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def route_of(request: HttpRequest) -> str:
    """Return the view name, as in `albums:photo`: one of a fixed set."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or match.route
    return STATIC if request.path_info.startswith(str(settings.STATIC_URL)) else UNKNOWN


def method_of(request: HttpRequest) -> str:
    """Return the method, or OTHER for one that a client made up."""
    return request.method if request.method in METHODS else "OTHER"
