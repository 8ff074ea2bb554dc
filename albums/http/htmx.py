"""The type of requests that django-htmx has seen."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request whose `htmx` is true if htmx sent it: it wants a part of the page."""

    htmx: HtmxDetails
