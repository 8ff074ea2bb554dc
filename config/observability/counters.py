"""Counts that only grow, of all workers on all machines together.

Rows cannot tell: they go when photos are deleted, and a counter that falls looks like a burst of work.
A server that forgets its data begins at zero, which Prometheus knows how to read.
"""

import contextlib

from redis.exceptions import RedisError

from config.observability import redis_client

PHOTOS = "photos"
TASKS = "tasks"
TASK_MILLISECONDS = "task-milliseconds"


def add(counts: dict[str, dict[str, int]]) -> None:
    """Add to counts, by table and name. Work is not stopped for it: without a server nothing is counted."""
    with contextlib.suppress(RedisError), redis_client.client().pipeline(transaction=False) as pipe:
        for table, names in counts.items():
            for name, count in names.items():
                pipe.hincrby(redis_client.key(table), name, count)
        pipe.execute()


def read(*tables: str) -> list[dict[str, int]]:
    """The counts of each table, by name. Raises RedisError."""
    with redis_client.client().pipeline(transaction=False) as pipe:
        for table in tables:
            pipe.hgetall(redis_client.key(table))
        return [{name: int(count) for name, count in found.items()} for found in pipe.execute()]
