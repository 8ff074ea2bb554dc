"""The work in the background, observed: a task's lines carry the id of the request that asked for it.

The id goes along in the message. Whatever a task asks for in turn has it, too; a task that the clock or a
command asked for begins an id of its own.
"""

from __future__ import annotations

import time
from typing import Any

from celery import Celery, Task, signals
from structlog.contextvars import bind_contextvars, clear_contextvars

from albums.signals import images_ready
from config.observability import counters
from config.observability.heartbeats import Heartbeat
from config.observability.request_ids import current, new_id, sane
from faces.signals import images_scanned

HEADER = "trombine_request_id"


def connect(app: Celery) -> None:
    """Observe the work of this application: in who asks for it, and in the workers."""
    app.steps["consumer"].add(Heartbeat)
    signals.before_task_publish.connect(_send_id)
    signals.task_prerun.connect(_begin)
    signals.task_postrun.connect(_end)
    signals.setup_logging.connect(_keep_logging)
    images_ready.connect(_count_read)
    images_scanned.connect(_count_scanned)


def _send_id(headers: dict[str, Any] | None = None, **_more: object) -> None:
    if headers is not None and (request_id := current()) is not None:
        headers[HEADER] = request_id


def _begin(task_id: str, task: Task[Any, Any], **_more: object) -> None:
    clear_contextvars()
    request_id = sane(getattr(task.request, HEADER, None)) or sane(task_id) or new_id()
    bind_contextvars(request_id=request_id, task=task.name, task_id=task_id)
    task.request.update(began=time.monotonic())


def _end(task: Task[Any, Any], state: str | None = None, **_more: object) -> None:
    began: float | None = getattr(task.request, "began", None)
    if began is not None:
        name = f"{task.name} {(state or 'unknown').lower()}"
        milliseconds = round((time.monotonic() - began) * 1000)
        counters.add({counters.TASKS: {name: 1}, counters.TASK_MILLISECONDS: {name: milliseconds}})
    clear_contextvars()


def _keep_logging(**_more: object) -> None:
    """Leave logging as the settings have it: Celery would replace it."""


def _count_read(image_ids: list[int], **_more: object) -> None:
    counters.add({counters.PHOTOS: {"read": len(image_ids)}})


def _count_scanned(image_ids: list[int], **_more: object) -> None:
    counters.add({counters.PHOTOS: {"scanned": len(image_ids)}})
