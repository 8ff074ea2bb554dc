"""Count attempts: at a password, so that it cannot be guessed, and at what takes much processor time."""

import contextlib
from dataclasses import dataclass

from django.core.cache import cache

from albums.exceptions import TooManyAttempts

PERIOD_SECONDS = 600
MOST_PER_ADDRESS = 10
MOST = 100


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts at one thing within the period: from one address, and from all addresses.

    most_per_address, most: the limits, by default those of passwords.
    """

    name: str
    address: str
    most_per_address: int | None = None
    most: int | None = None

    def count(self) -> None:
        """Count an attempt before it is checked: many at once gain nothing. Raises TooManyAttempts."""
        limits = {
            f"{self.name}:{self.address}": self.most_per_address or MOST_PER_ADDRESS,
            self.name: self.most or MOST,
        }
        for key, most in limits.items():
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
