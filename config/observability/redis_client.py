"""Client of the cache's Redis or Valkey, for commands that Django's cache API does not have."""

from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

# A healthy server responds within a millisecond.
TIMEOUT_SECONDS = 1.0


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        decode_responses=True,
        # Each retry would take the full timeout again.
        retry=Retry(NoBackoff(), 0),
    )


def client() -> redis.Redis:
    """Return a client whose commands raise RedisError, after a second at most."""
    return _client(str(settings.CACHES["default"]["LOCATION"]))


def key(name: str) -> str:
    """Return this installation's key for `name`."""
    return f"{settings.CACHES['default']['KEY_PREFIX']}:observing:{name}"
