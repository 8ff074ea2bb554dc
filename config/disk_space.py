"""Free space on disks: every writer leaves a reserve, which the database needs to work."""

import errno
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


def free_bytes(folder: Path) -> int:
    """Return the free bytes of the disk of a folder, which need not exist yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def has_room(folder: Path, size: int = 0) -> bool:
    """Return whether so many more bytes leave the reserve free."""
    return free_bytes(folder) - size >= int(settings.RESERVE_MB) * 2**20


def require_room(folder: Path, size: int = 0) -> None:
    """Raise the OSError of a full disk unless so many more bytes leave the reserve free."""
    if not has_room(folder, size):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class ReservingStorage(FileSystemStorage):
    """Local files, of which none is stored when the reserve would not stay free."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        require_room(Path(self.location), content.size or 0)
        return str(super()._save(name, content))  # type: ignore[misc]  # not in the stubs
