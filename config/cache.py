"""The cache, without which everything works: while its server is unavailable, nothing is found or stored."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# A healthy server responds within a millisecond.
TIMEOUT_SECONDS = 1.0
# A server that did not respond is tried again after so long: a page with ten lookups waits once.
PAUSE_SECONDS = 2.0

T = TypeVar("T")


class OptionalCache(RedisCache):
    """A Redis cache that counts as empty while its server is unavailable."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {
            "socket_timeout": TIMEOUT_SECONDS,
            "socket_connect_timeout": TIMEOUT_SECONDS,
            # Each retry would take the full timeout again.
            "retry": Retry(NoBackoff(), 0),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": options})
        self._paused_until = 0.0

    def _attempt(self, operation: Callable[[], T], *, otherwise: T) -> T:
        if time.monotonic() < self._paused_until:
            return otherwise
        try:
            return operation()
        except RedisError as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("The cache does not answer: %s", type(error).__name__)
            return otherwise

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Store a value unless there is one; True as well when nothing can be stored."""
        return self._attempt(
            lambda: super(OptionalCache, self).add(key, value, timeout, version), otherwise=True
        )

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value, or the default."""
        return self._attempt(lambda: super(OptionalCache, self).get(key, default, version), otherwise=default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Store a value."""
        self._attempt(lambda: super(OptionalCache, self).set(key, value, timeout, version), otherwise=None)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set the expiry of a value; return whether there is one."""
        return self._attempt(lambda: super(OptionalCache, self).touch(key, timeout, version), otherwise=False)

    def delete(self, key: Any, version: Any = None) -> bool:
        """Delete a value; return whether there was one."""
        return self._attempt(lambda: super(OptionalCache, self).delete(key, version), otherwise=False)

    def get_many(self, keys: Any, version: Any = None) -> dict[Any, Any]:
        """Return the values that there are."""
        return self._attempt(lambda: super(OptionalCache, self).get_many(keys, version), otherwise={})

    def has_key(self, key: Any, version: Any = None) -> bool:
        """Return whether there is a value."""
        return self._attempt(lambda: super(OptionalCache, self).has_key(key, version), otherwise=False)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Add to a number. Raises ValueError without one."""
        value = self._attempt(lambda: super(OptionalCache, self).incr(key, delta, version), otherwise=None)
        if value is None:
            raise ValueError(f"Key {key!r} not found.")
        return value

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        """Store values; return the keys of those that are not stored."""
        failed = list(data)
        return self._attempt(
            lambda: super(OptionalCache, self).set_many(data, timeout, version), otherwise=failed
        )

    def delete_many(self, keys: Any, version: Any = None) -> None:
        """Delete values."""
        self._attempt(lambda: super(OptionalCache, self).delete_many(keys, version), otherwise=None)

    def clear(self) -> None:
        """Delete all values."""
        self._attempt(super().clear, otherwise=None)
