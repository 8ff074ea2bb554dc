"""Ids and route names of requests, for logs and metrics; URLs contain secrets and names do not."""

import re
import uuid

from django.conf import settings
from django.http import HttpRequest
from structlog.contextvars import get_contextvars

ID_HEADER = "X-Request-ID"
# A proxy's id is written to logs and headers: no character may have a meaning there.
VALID_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+=/@-]{0,63}")
STATIC = "static"
UNKNOWN = "unknown"
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def new_id() -> str:
    """Return a new unique id."""
    return uuid.uuid4().hex


def valid_id(value: object) -> str | None:
    """Return an id from outside, or None when it is invalid."""
    return value if isinstance(value, str) and VALID_ID.fullmatch(value) else None


def current_id() -> str | None:
    """Return the id of the current request or task."""
    return valid_id(get_contextvars().get("request_id"))


def route_of(request: HttpRequest) -> str:
    """Return the view name, as in `albums:photo`: one of a fixed set."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or match.route
    return STATIC if request.path_info.startswith(str(settings.STATIC_URL)) else UNKNOWN


def method_of(request: HttpRequest) -> str:
    """Return the method, or OTHER for one that a client made up."""
    return request.method if request.method in METHODS else "OTHER"
