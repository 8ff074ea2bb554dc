"""Monotonic counters shared by all workers on all machines.

Row counts cannot serve as counters: they fall when photos are deleted. After the cache server loses its data
the counters restart at zero, which Prometheus handles.
"""

import contextlib

from redis.exceptions import RedisError

from config.observability import redis_client

PHOTOS = "photos"
TASKS = "tasks"
TASK_MILLISECONDS = "task-milliseconds"


def add(counts: dict[str, dict[str, int]]) -> None:
    """Increase counters, by table and name. Without a server nothing is counted and nothing fails."""
    with contextlib.suppress(RedisError), redis_client.client().pipeline(transaction=False) as pipe:
        for table, names in counts.items():
            for name, count in names.items():
                pipe.hincrby(redis_client.key(table), name, count)
        pipe.execute()


def read(*tables: str) -> list[dict[str, int]]:
    """Return the counters of each table, by name. Raises RedisError."""
    with redis_client.client().pipeline(transaction=False) as pipe:
        for table in tables:
            pipe.hgetall(redis_client.key(table))
        return [{name: int(count) for name, count in found.items()} for found in pipe.execute()]
