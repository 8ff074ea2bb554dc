"""Count attempts at a password, so that it cannot be guessed."""

import contextlib
from dataclasses import dataclass

from django.core.cache import cache

from albums.exceptions import TooManyAttempts

PERIOD_SECONDS = 600
MOST_PER_ADDRESS = 10
MOST = 100


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts at one password within the period: from one address, and from all addresses."""

    name: str
    address: str

    def count(self) -> None:
        """Count an attempt before it is checked: many at once gain nothing. Raises TooManyAttempts."""
        for key, most in ((f"{self.name}:{self.address}", MOST_PER_ADDRESS), (self.name, MOST)):
            cache.add(key, 0, timeout=PERIOD_SECONDS)
            try:
                count = cache.incr(key)
            except ValueError:  # the key expired between the two commands
                cache.set(key, count := 1, timeout=PERIOD_SECONDS)
            if count > most:
                raise TooManyAttempts(seconds=PERIOD_SECONDS)

    def forget(self) -> None:
        """Forget the attempts from this address; the last one was right."""
        cache.delete(f"{self.name}:{self.address}")
        with contextlib.suppress(ValueError):
            cache.decr(self.name)
