"""Heartbeats of workers, by queue.

Workers write them from the loop that also fetches tasks. Pinging workers (`control.ping`) takes at least a
second, and a busy worker may miss the ping.
"""

import contextlib
from collections.abc import Iterable
from typing import Any

from celery import bootsteps
from redis.exceptions import RedisError

from config.observability import redis_client

INTERVAL_SECONDS = 10.0
# A worker without a heartbeat for this long counts as gone.
TIMEOUT_SECONDS = 60.0
RETENTION_SECONDS = 86_400.0


class Heartbeat(bootsteps.StartStopStep):
    """Worker component that records a heartbeat every ten seconds and removes it at shutdown."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        """Start the timer. Celery calls this with each connection to the broker."""
        self._beat(parent)
        self.timer = parent.timer.call_repeatedly(INTERVAL_SECONDS, self._beat, (parent,))

    def stop(self, parent: Any) -> None:
        """Stop the timer. Celery calls this at shutdown and when the broker is unavailable."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        leave(parent.hostname, _queues(parent))

    def _beat(self, parent: Any) -> None:
        beat(parent.hostname, _queues(parent))


def _queues(consumer: Any) -> list[str]:
    return [queue.name for queue in consumer.task_consumer.queues] if consumer.task_consumer else []


def beat(worker: str, queues: Iterable[str]) -> None:
    """Record that `worker` consumes these queues, at the server's time because machines' clocks differ."""
    with contextlib.suppress(RedisError):
        now = _now()
        redis_client.client().zadd(_key(), {f"{queue} {worker}": now for queue in queues})
        redis_client.client().zremrangebyscore(_key(), "-inf", now - RETENTION_SECONDS)


def leave(worker: str, queues: Iterable[str]) -> None:
    """Record that `worker` no longer consumes these queues."""
    with contextlib.suppress(RedisError):
        redis_client.client().zrem(_key(), *(f"{queue} {worker}" for queue in queues))


def heartbeat_ages(queues: Iterable[str]) -> dict[str, list[float]]:
    """Return the seconds since each worker's last heartbeat by queue, latest first. Raises RedisError."""
    ages: dict[str, list[float]] = {queue: [] for queue in queues}
    beats: Any = redis_client.client().zrange(_key(), 0, -1, desc=True, withscores=True)
    now = _now()
    for name, at in beats:
        if (queue := name.partition(" ")[0]) in ages:
            ages[queue].append(max(0.0, now - at))
    return ages


def _now() -> float:
    seconds, microseconds = redis_client.client().time()
    return float(seconds + microseconds / 1e6)


def _key() -> str:
    return redis_client.key("heartbeats")
