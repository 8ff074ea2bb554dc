"""The id that one request has in every line that is written for it, also by the workers."""

import re
import uuid

from structlog.contextvars import get_contextvars

HEADER = "X-Request-ID"
# What a proxy may hand in: it stands in logs and answers, so nothing in it may mean anything to either.
LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+=/@-]{0,63}")


def new_id() -> str:
    """An id that nothing else has."""
    return uuid.uuid4().hex


def sane(given: object) -> str | None:
    """The id that came from outside, or None when it is not fit to be one."""
    return given if isinstance(given, str) and LEGAL.fullmatch(given) else None


def current() -> str | None:
    """The id of what is being done now."""
    return sane(get_contextvars().get("request_id"))
