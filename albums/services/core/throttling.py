"""Passwords that are tried: counted, so that nobody can go on trying."""

from django.core.cache import cache

from albums.exceptions import TooManyTries

TRIES_SECONDS = 600
"""After this long without another try it is forgotten."""


def try_count(*, key: str, most: int) -> None:
    """Count a try under a key, before it is judged: so many at once gain nothing. Raises TooManyTries."""
    cache.add(key, 0, timeout=TRIES_SECONDS)
    if _counted(key) > most:
        raise TooManyTries(seconds=TRIES_SECONDS)


def _counted(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:
        # It ran out between the two commands: this is the first try of the next ten minutes.
        cache.set(key, 1, timeout=TRIES_SECONDS)
        return 1
