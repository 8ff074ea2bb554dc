"""Readiness checks of the services. Results are public: they contain no URL, path or error text."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from config.observability import queues, redis_client
from config.observability.heartbeats import TIMEOUT_SECONDS, heartbeat_ages

CONNECT_SECONDS = 2


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check. remedy: how to fix a failure. details: more fields of the response."""

    ok: bool
    remedy: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """A check. When `run` raises an error of the service, `remedy` returns how to fix it."""

    run: Callable[[], CheckResult]
    remedy: Callable[[], str]


def database() -> CheckResult:
    """Query the database on a new connection, because an open one may be stale. Raises DatabaseError."""
    fresh = connections["default"].copy()
    options = fresh.settings_dict["OPTIONS"]
    fresh.settings_dict["OPTIONS"] = {**options, "connect_timeout": CONNECT_SECONDS}
    try:
        with fresh.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        fresh.close()
    return CheckResult(ok=True)


def broker() -> CheckResult:
    """Query the broker and the cache. Raises the errors of kombu and redis."""
    waiting = queues.lengths(queues.queues_with_work())
    redis_client.client().ping()
    return CheckResult(ok=True, details={"tasks_waiting": sum(waiting.values())})


def worker() -> CheckResult:
    """Check that a worker consumes every queue that has tasks. Raises RedisError."""
    heartbeats = heartbeat_ages(queues.queues_with_work())
    ages = {queue: min(ages, default=None) for queue, ages in heartbeats.items()}
    idle = sorted(queue for queue, age in ages.items() if age is None or age > TIMEOUT_SECONDS)
    rounded = {queue: None if age is None else round(age, 1) for queue, age in ages.items()}
    details: dict[str, Any] = {"seconds_since_heard": rounded}
    if not idle:
        return CheckResult(ok=True, details=details)
    names = ",".join(idle)
    command = f".venv/bin/celery -A config worker -Q {names}"
    remedy = f"No worker listens to {names}: bin/start runs one, or: {command}"
    return CheckResult(ok=False, remedy=remedy, details={**details, "queues_without_worker": idle})
