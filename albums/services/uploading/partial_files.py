"""Where the bytes of a file lie while it comes in: in a local folder, under the upload's number alone.

The storage of the originals may be no disk; what grows by pieces needs one.
"""

import os
import shutil
import uuid
from datetime import datetime
from pathlib import Path

from django.conf import settings

ENDING = ".part"
# What is unpacked out of a zip lies beside it for a moment.
UNPACKED_ENDING = ".unpacked"
# Bytes that stay free for the rest of the app when a large file comes in.
RESERVE = 500 * 2**20


def partial_path(upload_id: uuid.UUID) -> Path:
    """The file of an upload; its folder is there, and for this account alone."""
    return _folder() / f"{upload_id}{ENDING}"


def unpacked_path() -> Path:
    """A new name for a file out of a zip."""
    return _folder() / f"{uuid.uuid4()}{UNPACKED_ENDING}"


def partial_write(path: Path, *, offset: int, piece: bytes) -> int:
    """Put `piece` at `offset`, which is where the file ends; what lies behind is cut off.

    Returns how many bytes the file has now: fewer than `offset` when it was shorter, and then nothing was
    written. Raises OSError when there is no room.
    """
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
    """Whether the disk takes so many bytes more and the app still has room."""
    return shutil.disk_usage(_folder()).free - RESERVE > size


def leftovers(*, before: datetime) -> list[Path]:
    """Files that nobody has touched since `before`; whether a row still names one is for the caller."""
    return [
        path
        for path in sorted(_folder().iterdir())
        if path.suffix in {ENDING, UNPACKED_ENDING} and path.stat().st_mtime < before.timestamp()
    ]


def _folder() -> Path:
    folder = Path(settings.UPLOAD_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
