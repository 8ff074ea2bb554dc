"""Log formatter, for the console or as JSON lines.

Code logs through `logging`; structlog's formatter adds the context (request, task) and renders the line.
"""

from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog
from django.http import HttpRequest
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from config.observability.requests import route_of
from config.observability.scrubbing import scrub

# Fields that a log call may pass as `extra`.
FIELDS = ("method", "route", "status", "ms", "user")

EventDict = MutableMapping[str, Any]


def formatter(*, style: str) -> ProcessorFormatter:
    """Return the formatter for a style: `console` or `json`."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(allow=FIELDS),
        _add_origin,
        _replace_path,
    ]
    after: list[Processor] = [
        ProcessorFormatter.remove_processors_meta,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _scrub_values,
        _console if style == "console" else structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    return ProcessorFormatter(foreign_pre_chain=before, processors=after)


def _add_origin(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Put time, level and logger first."""
    record = event["_record"]
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        **event,
    }


def _replace_path(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace the request path in Django's own messages with the route name."""
    request = getattr(event["_record"], "request", None)
    if isinstance(request, HttpRequest) and len(request.path) > 1:
        event["event"] = event["event"].replace(request.path, route_of(request))
    return event


def _scrub_values(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {name: scrub(value) if isinstance(value, str) else value for name, value in event.items()}


def _console(_logger: object, _method: str, event: EventDict) -> str:
    """Render `2026-03-01 12:00:00,123 INFO albums.tasks: message request_id=…` in local time."""
    moment = datetime.fromisoformat(event.pop("time")).astimezone()
    time = f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03}"
    head = f"{time} {event.pop('level').upper()} {event.pop('logger')}: {event.pop('event')}"
    below = [str(event.pop(name)) for name in ("stack", "exception") if event.get(name)]
    fields = [f"{name}={value}" for name, value in event.items()]
    return "\n".join([" ".join([head, *fields]), *below])
