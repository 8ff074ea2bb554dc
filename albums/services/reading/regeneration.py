"""Files that can be made from the originals, and are made again when they are not there.

Each app registers its own kind, as with `progress`. What is to be looked at is remembered by a small file
in the storage, which every worker finds when it starts: so what was begun is ended, whoever was killed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from albums.models import Image
from albums.storage import put_file

FOLDER = "to-remake"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of work.

    made: how much was made. last: the id of the last row that was looked at; None when there was none left.
    """

    made: int
    last: int | None


@dataclass(frozen=True, slots=True)
class Remaker:
    """A kind of file. remake: looks at some rows before this id, newest first; all of them for None."""

    name: str
    remake: Callable[[int | None], Turn]


_remakers: dict[str, Remaker] = {}


def register(remaker: Remaker) -> None:
    """Add a kind. Called from `AppConfig.ready`; twice is once."""
    _remakers[remaker.name] = remaker


def names() -> list[str]:
    """All kinds."""
    return sorted(_remakers)


def remaking_ask() -> None:
    """From now on, until it is done, workers look for files that are to be made again."""
    for name in names():
        put_file(_storage(), _marker(name), ContentFile(b"to be made again\n"))


def remaking_wanted() -> list[str]:
    """The kinds that are still to be looked at."""
    return [name for name in names() if _storage().exists(_marker(name))]


def files_remake(*, name: str, before: int | None = None) -> int | None:
    """Make what is missing among some rows; where to go on, None when all is done."""
    if name not in _remakers:
        return None
    turn = _remakers[name].remake(before)
    if turn.last is None:
        _storage().delete(_marker(name))
    return turn.last


def _storage() -> Storage:
    storage: Storage = Image.original.field.storage
    return storage


def _marker(name: str) -> str:
    return f"{FOLDER}/{name}"
