"""What the processes of an installation tell each other, in the cache's Redis or Valkey.

Not through Django's cache: it has no sets of counters that several machines can write to at once, and no time
limit for a server that is silent.
"""

from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

# A server that is well answers within a millisecond.
SECONDS = 1.0


@cache
def _client(address: str) -> redis.Redis:
    return redis.Redis.from_url(
        address,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        decode_responses=True,
        # Each try would have these seconds to itself.
        retry=Retry(NoBackoff(), 0),
    )


def client() -> redis.Redis:
    """A client of the cache's server; its commands raise RedisError, after a second at the latest."""
    return _client(str(settings.CACHES["default"]["LOCATION"]))


def key(name: str) -> str:
    """The key of this installation for `name`."""
    return f"{settings.CACHES['default']['KEY_PREFIX']}:observing:{name}"
