"""Requests of scripts: parts of pages for htmx, and JSON."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request with the details that HtmxMiddleware adds; `bool(request.htmx)`: htmx has sent it."""

    htmx: HtmxDetails


def wants_json(request: HttpRequest) -> bool:
    """Return True for a script that displays the response itself."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
