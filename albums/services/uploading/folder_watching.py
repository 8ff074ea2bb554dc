"""New files in a watched folder, which are imported once they no longer change."""

import contextlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from albums.services.uploading.folder_listing import FolderListing, folder_walk
from albums.services.uploading.skipped_names import skip_reason


@dataclass(frozen=True, slots=True)
class _Seen:
    """The size and modification time of a file, and since when it has them (seconds of a monotonic clock)."""

    size: int
    modified: int
    since: float


class Arrivals:
    """The new files below a folder that may still be growing.

    A file is taken once its size and modification time are the same for `settle` seconds, or at once when it
    was modified longer ago. Files that are deleted or moved before that are ignored.
    """

    def __init__(self, folder: Path, *, settle: float) -> None:
        self._folder = folder
        self._settle = settle
        self._waiting: dict[str, _Seen | None] = {}

    @property
    def waiting(self) -> int:
        """The number of files that were not taken yet."""
        return len(self._waiting)

    def notice(self, paths: Iterable[Path]) -> None:
        """Expect these files, and all files in these folders."""
        for path in paths:
            with contextlib.suppress(ValueError):
                relative = path.relative_to(self._folder)
                names = folder_walk(path).files if path.is_dir() else [""]
                self._expect((relative / name).as_posix() for name in names)

    def notice_all(self) -> None:
        """Expect all files of the folder: at first, and when it was not available for a while."""
        self._expect(folder_walk(self._folder).files)

    def take(self, now: float) -> FolderListing:
        """Return the files that no longer change, and stop waiting for them."""
        ready = []
        for path, before in list(self._waiting.items()):
            try:
                status = os.stat(self._folder / path)  # noqa: PTH116 - names may not be decodable
            except OSError:
                del self._waiting[path]
                continue
            if before is None and time.time() - status.st_mtime >= self._settle:
                ready.append(path)
            elif before is None or (before.size, before.modified) != (status.st_size, status.st_mtime_ns):
                self._waiting[path] = _Seen(status.st_size, status.st_mtime_ns, now)
            elif now - before.since >= self._settle:
                ready.append(path)
        for path in ready:
            del self._waiting[path]
        return FolderListing(files=sorted(ready))

    def _expect(self, paths: Iterable[str]) -> None:
        for path in paths:
            if skip_reason(path, root=self._folder.name) is None:
                self._waiting.setdefault(path, None)


def folder_identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from a later one with its name; None while it is not available."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if folder.is_dir() else None
