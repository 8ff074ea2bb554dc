"""How a line of the log looks: for people, or as one JSON object for a collector of logs.

Code logs through `logging` as ever; structlog's formatter adds what the line belongs to (request, task) and
renders it. What may be said in a line, and what never, is in `scrubbing`.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog
from django.http import HttpRequest
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from config.observability.routes import route_of
from config.observability.scrubbing import scrubbed

# The values that a line may carry beside its text, given as `extra`.
FIELDS = ("method", "route", "status", "ms", "user")

EventDict = MutableMapping[str, Any]


def formatter(*, style: str) -> ProcessorFormatter:
    """The formatter of the settings. style: `console` or `json`."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(allow=FIELDS),
        _with_origin,
        _without_address,
    ]
    after: list[Processor] = [
        ProcessorFormatter.remove_processors_meta,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _without_secrets,
        _console if style == "console" else structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    return ProcessorFormatter(foreign_pre_chain=before, processors=after)


def _with_origin(_logger: object, _method: str, event: EventDict) -> EventDict:
    """When, how grave, from where: first in the line, in this order."""
    record = event["_record"]
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        **event,
    }


def _without_address(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Django's own lines about a request name the route in place of the address that was asked for."""
    request = getattr(event["_record"], "request", None)
    if isinstance(request, HttpRequest) and len(request.path) > 1:
        event["event"] = event["event"].replace(request.path, route_of(request))
    return event


def _without_secrets(_logger: object, _method: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = scrubbed(value)
    return event


def _console(_logger: object, _method: str, event: EventDict) -> str:
    """`2026-03-01 12:00:00,123 INFO albums.tasks: what happened request_id=…`, in the machine's time."""
    moment = datetime.fromisoformat(event.pop("time")).astimezone()
    time = f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03}"
    head = f"{time} {event.pop('level').upper()} {event.pop('logger')}: {event.pop('event')}"
    below = [str(event.pop(name)) for name in ("stack", "exception") if event.get(name)]
    fields = [f"{name}={value}" for name, value in event.items()]
    return "\n".join([" ".join([head, *fields]), *below])
