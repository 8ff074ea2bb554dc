"""The error of this package, and a limit that raises it."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

# More than any real file has, and few enough to be held in memory.
MOST_PARTS = 250_000


class UnclearStructure(Exception):
    """The file is built in a way that does not show where all its parts are."""


def check_parts(count: int) -> None:
    """Raise UnclearStructure for a file of more parts than any real one has."""
    if count > MOST_PARTS:
        raise UnclearStructure("It has too many parts.")


def checked_parts(parts: Iterable[Item]) -> Iterator[Item]:
    """Yield the parts. Raises UnclearStructure after more of them than any real file has."""
    for count, part in enumerate(parts):
        check_parts(count)
        yield part
