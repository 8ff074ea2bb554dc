"""Which workers were heard from, and which queues they listen to.

Every worker writes it down itself, from the loop that also fetches its work. Asking them (`control.ping`)
would take a second at least, and a busy one may miss the question.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

from celery import bootsteps
from redis.exceptions import RedisError

from config.observability import redis_client

SECONDS_BETWEEN = 10.0
# After so long without a word a worker counts as gone.
SILENT_SECONDS = 60.0
FORGOTTEN_SECONDS = 86_400.0


class Heartbeat(bootsteps.StartStopStep):
    """Part of a worker: says every ten seconds that it listens, and at its end that it does not any more."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        """Called with each connection to the broker."""
        self._beat(parent)
        self.timer = parent.timer.call_repeatedly(SECONDS_BETWEEN, self._beat, (parent,))

    def stop(self, parent: Any) -> None:
        """Called when it ends, or when the broker is away."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        leave(parent.hostname, _queues(parent))

    def _beat(self, parent: Any) -> None:
        beat(parent.hostname, _queues(parent))


def _queues(consumer: Any) -> list[str]:
    return [queue.name for queue in consumer.task_consumer.queues] if consumer.task_consumer else []


def beat(worker: str, queues: Iterable[str]) -> None:
    """Write down that `worker` listens to these queues. The server's clock counts.

    Machines' clocks differ.
    """
    with contextlib.suppress(RedisError):
        client = redis_client.client()
        now = _now()
        with client.pipeline(transaction=False) as pipe:
            for queue in queues:
                pipe.zadd(_key(queue), {worker: now})
                pipe.zremrangebyscore(_key(queue), "-inf", now - FORGOTTEN_SECONDS)
            pipe.execute()


def leave(worker: str, queues: Iterable[str]) -> None:
    """Write down that `worker` listens no more."""
    with contextlib.suppress(RedisError), redis_client.client().pipeline(transaction=False) as pipe:
        for queue in queues:
            pipe.zrem(_key(queue), worker)
        pipe.execute()


def seconds_since_heard(queues: Iterable[str]) -> dict[str, list[float]]:
    """By queue, how long ago each worker that listens to it was heard from, the last one first.

    Raises RedisError.
    """
    names = list(queues)
    with redis_client.client().pipeline(transaction=False) as pipe:
        for queue in names:
            pipe.zrange(_key(queue), 0, -1, desc=True, withscores=True)
        found = pipe.execute()
    now = _now()
    return {
        queue: [max(0.0, now - at) for _worker, at in heard]
        for queue, heard in zip(names, found, strict=True)
    }


def _now() -> float:
    seconds, microseconds = redis_client.client().time()
    return float(seconds + microseconds / 1e6)


def _key(queue: str) -> str:
    return redis_client.key(f"heard:{queue}")
