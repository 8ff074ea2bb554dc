"""What must work before Trombine is ready: each check says how it is, and what to do when it is not well.

None of them shows an address, a path or what an error said, for anybody may ask; the log has that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from config.local_services import embedded
from config.observability import queues, redis_client
from config.observability.heartbeats import SILENT_SECONDS, seconds_since_heard
from faces.checks import models_check

CONNECT_SECONDS = 2
# To look whether the models are whole may mean to read them.
MODELS_KEPT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a part is. remedy: what to do when it is not well. facts: more that anybody may know."""

    ok: bool
    remedy: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def database() -> Outcome:
    """With a connection of its own: an open one may be dead without knowing it. Raises DatabaseError."""
    fresh = connections["default"].copy()
    options = fresh.settings_dict["OPTIONS"]
    fresh.settings_dict["OPTIONS"] = {**options, "connect_timeout": CONNECT_SECONDS}
    try:
        with fresh.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        fresh.close()
    return Outcome(ok=True)


def database_remedy() -> str:
    """What to do when it fails."""
    if embedded.uses_postgres():
        return "bin/start keeps the database running: look into logs/postgres.log in the data folder."
    return "Start the database, or correct DATABASE_URL."


def broker() -> Outcome:
    """Work can be handed out, and the cache answers. Raises what the libraries of both raise."""
    waiting = queues.lengths(queues.queues_with_work())
    redis_client.client().ping()
    return Outcome(ok=True, facts={"tasks_waiting": sum(waiting.values())})


def broker_remedy() -> str:
    """What to do when it fails."""
    if embedded.uses_broker():
        return "bin/start keeps the broker running: look into logs/broker.log in the data folder."
    return "Start the broker and the cache, or correct BROKER_URL and CACHE_URL."


class Models:
    """Whether the models of the settings are installed and whole; looked at twice a minute."""

    def __init__(self) -> None:
        self._seen = float("-inf")
        self._outcome = Outcome(ok=False)

    def __call__(self) -> Outcome:
        """Answer with what was seen last, or look."""
        if time.monotonic() - self._seen > MODELS_KEPT_SECONDS:
            problems = [message for message in models_check() if not message.is_silenced()]
            remedies = dict.fromkeys(str(message.hint) for message in problems)
            self._outcome = Outcome(ok=not problems, remedy=" ".join(remedies))
            # What is missing may be there in a moment.
            self._seen = time.monotonic() if not problems else float("-inf")
        return self._outcome


def worker() -> Outcome:
    """Every queue that has work has a worker that listens. Raises RedisError."""
    heard = seconds_since_heard(queues.queues_with_work())
    latest = {queue: min(seconds, default=None) for queue, seconds in heard.items()}
    deaf = sorted(queue for queue, seconds in latest.items() if seconds is None or seconds > SILENT_SECONDS)
    facts: dict[str, Any] = {
        "seconds_since_heard": {
            queue: None if seconds is None else round(seconds, 1) for queue, seconds in latest.items()
        }
    }
    if not deaf:
        return Outcome(ok=True, facts=facts)
    names = ",".join(deaf)
    remedy = (
        f"No worker listens to {names}: bin/start runs one, or: .venv/bin/celery -A config worker -Q {names}"
    )
    return Outcome(ok=False, remedy=remedy, facts={**facts, "queues_without_worker": deaf})


def worker_remedy() -> str:
    """What to do when it fails: it is read from the cache."""
    return broker_remedy()


CHECKS: dict[str, tuple[Callable[[], Outcome], Callable[[], str]]] = {
    "database": (database, database_remedy),
    "broker": (broker, broker_remedy),
    "models": (Models(), lambda: "Run: bin/manage fetch_models"),
    "worker": (worker, worker_remedy),
}
"""By name, the check and what to do when it does not come to an answer."""
