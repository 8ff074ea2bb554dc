"""Send tasks to the broker, which may be unavailable: the work is in the database and is found later."""

import logging
from collections.abc import Callable
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError as BrokerUnavailable
from redis.exceptions import RedisError

__all__ = ["BrokerUnavailable", "send", "send_at_once", "send_later"]

logger = logging.getLogger(__name__)

# A broker's own connection errors are OSErrors. One without space refuses with an error of its own.
UNSENT = (BrokerUnavailable, RedisError, OSError)


def send(task: "Task[Any, Any]", *args: Any, **kwargs: Any) -> bool:
    """Send a task; return False, with a warning, when the broker is unavailable.

    Only for work that `config.resuming.work_resumes` or the schedule finds again.
    """
    return _attempt(task, lambda: task.delay(*args, **kwargs))


def send_at_once(task: "Task[Any, Any]", *args: Any) -> None:
    """Send a task that nothing finds again: raises BrokerUnavailable, which users see as what it is."""
    try:
        task.delay(*args)
    except UNSENT as error:
        raise BrokerUnavailable(str(error)) from error


def send_later(task: "Task[Any, Any]", *args: Any, seconds: float) -> bool:
    """Send a task that runs in so many seconds; return as `send` does."""
    return _attempt(task, lambda: task.apply_async(args=args, countdown=seconds))


def _attempt(task: "Task[Any, Any]", sending: Callable[[], object]) -> bool:
    try:
        sending()
    except UNSENT as error:
        logger.warning("%s waits for the broker: %s", task.name, type(error).__name__)
        return False
    return True
