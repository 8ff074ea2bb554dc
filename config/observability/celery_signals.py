"""Metrics of Celery tasks, and the id of the request that queued them, sent in the message."""

import time
from typing import Any

from celery import Celery, Task, signals
from structlog.contextvars import bind_contextvars, clear_contextvars

from config.observability import counters
from config.observability.heartbeats import Heartbeat
from config.observability.requests import current_id, new_id, valid_id

HEADER = "trombine_request_id"


def connect(app: Celery) -> None:
    """Connect the signals, and add the heartbeat to the app's workers."""
    app.steps["consumer"].add(Heartbeat)
    signals.before_task_publish.connect(_send_id)
    signals.task_prerun.connect(_start)
    signals.task_postrun.connect(_finish)
    # Keeps Django's logging configuration, which Celery would replace without a receiver.
    signals.setup_logging.connect(lambda **_kwargs: None, weak=False)


def _send_id(headers: dict[str, Any] | None = None, **_kwargs: object) -> None:
    if headers is not None and (request_id := current_id()) is not None:
        headers[HEADER] = request_id


def _start(task_id: str, task: Task[Any, Any], **_kwargs: object) -> None:
    clear_contextvars()
    request_id = valid_id(getattr(task.request, HEADER, None)) or valid_id(task_id) or new_id()
    bind_contextvars(request_id=request_id, task=task.name, task_id=task_id)
    task.request.update(started=time.monotonic())


def _finish(task: Task[Any, Any], state: str | None = None, **_kwargs: object) -> None:
    started: float | None = getattr(task.request, "started", None)
    if started is not None:
        name = f"{task.name} {(state or 'unknown').lower()}"
        milliseconds = round((time.monotonic() - started) * 1000)
        counters.add({counters.TASKS: {name: 1}, counters.TASK_MILLISECONDS: {name: milliseconds}})
    clear_contextvars()
