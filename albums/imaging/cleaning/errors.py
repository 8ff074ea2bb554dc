"""The error of this package, and a limit that raises it."""

# More than any real file has, and few enough to be held in memory.
MOST_PARTS = 250_000


class CannotClean(Exception):
    """The file is built in a way that does not show where all its metadata is."""


def check_parts(count: int) -> None:
    """Raise CannotClean for a file of more parts than any real one has."""
    if count > MOST_PARTS:
        raise CannotClean("It has too many parts.")
