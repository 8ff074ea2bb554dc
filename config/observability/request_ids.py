"""Request ids, which connect the log lines of a request and of its tasks."""

import re
import uuid

from structlog.contextvars import get_contextvars

HEADER = "X-Request-ID"
# A proxy's id is written to logs and headers: no character may have a meaning there.
VALID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+=/@-]{0,63}")


def new_id() -> str:
    """Return a new unique id."""
    return uuid.uuid4().hex


def validated(value: object) -> str | None:
    """Return an id from outside, or None when it is invalid."""
    return value if isinstance(value, str) and VALID.fullmatch(value) else None


def current() -> str | None:
    """Return the id of the current request or task."""
    return validated(get_contextvars().get("request_id"))
