"""Files of uploads in progress, in a local folder; the storage of originals may not allow appending."""

import os
import uuid
from datetime import datetime
from pathlib import Path

from django.conf import settings

from config.disk_space import has_room, require_room

ENDING = ".part"
UNPACKED_ENDING = ".unpacked"


def partial_path(upload_id: uuid.UUID) -> Path:
    """Return the path of an upload's file; its folder exists."""
    return _folder() / f"{upload_id}{ENDING}"


def unpacked_path() -> Path:
    """Return a new path for a file from a zip."""
    return _folder() / f"{uuid.uuid4()}{UNPACKED_ENDING}"


def partial_write(path: Path, *, offset: int, piece: bytes) -> int:
    """Write `piece` at `offset`, cut off what follows, and return the new size of the file.

    A file that is shorter than `offset` is not changed, and its size is returned. Raises OSError.
    """
    require_room(path.parent, len(piece))
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size < offset:
            return size
        file.seek(offset)
        file.truncate()
        file.write(piece)
        return file.tell()


def room_for(size: int) -> bool:
    """Return True if the disk has room for so many more bytes."""
    return has_room(_folder(), size)


def leftovers(*, before: datetime) -> list[Path]:
    """Return the files that were not changed since `before`, whether or not they belong to an upload."""
    return [
        path
        for path in sorted(_folder().iterdir())
        if path.suffix in {ENDING, UNPACKED_ENDING} and path.stat().st_mtime < before.timestamp()
    ]


def _folder() -> Path:
    folder = Path(settings.UPLOAD_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
