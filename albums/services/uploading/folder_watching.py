"""Files that appear in a folder, taken only when whoever writes them is done."""

import contextlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from albums.services.uploading.folder_listing import FolderListing, folder_walk, is_meant


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a file was like, and since when (seconds of a clock that only goes forward)."""

    size: int
    changed: int
    since: float


class Arrivals:
    """What was noticed below a folder and may still be growing.

    A file is taken once its size and its time of change have stayed the same for `settle` seconds; at once
    when it was changed longer ago than that. What is deleted, or moved away, before that is forgotten;
    nothing here ever deletes anything.
    """

    def __init__(self, folder: Path, *, settle: float) -> None:
        self._folder = folder
        self._settle = settle
        self._waiting: dict[str, _Seen | None] = {}

    @property
    def waiting(self) -> int:
        """How many files are not taken yet."""
        return len(self._waiting)

    def notice(self, paths: Iterable[Path]) -> None:
        """Something happened to these; a folder that came as a whole stands for all in it."""
        for path in paths:
            relative = self._relative(path)
            if relative is None:
                continue
            if path.is_dir():
                inside = folder_walk(path).files
                self._expect(f"{relative}/{name}" if relative else name for name in inside)
            else:
                self._expect([relative])

    def notice_all(self) -> None:
        """Look at the whole folder: at first, or when it was away and nobody knows what happened to it."""
        self._expect(folder_walk(self._folder).files)

    def take(self, now: float) -> FolderListing:
        """The files that have stopped changing, as an import wants them; they are no longer waited for."""
        ready = []
        for path, before in list(self._waiting.items()):
            try:
                status = os.stat(self._folder / path)  # noqa: PTH116 - names may not be decodable
            except OSError:
                del self._waiting[path]
                continue
            if before is None and time.time() - status.st_mtime >= self._settle:
                ready.append(path)
                del self._waiting[path]
            elif before is None or (before.size, before.changed) != (status.st_size, status.st_mtime_ns):
                self._waiting[path] = _Seen(status.st_size, status.st_mtime_ns, now)
            elif now - before.since >= self._settle:
                ready.append(path)
                del self._waiting[path]
        return FolderListing(files=sorted(ready), unreadable=[], sidecars=0, hidden=0)

    def _relative(self, path: Path) -> str | None:
        with contextlib.suppress(ValueError):
            relative = path.relative_to(self._folder).as_posix()
            return "" if relative == "." else relative
        return None

    def _expect(self, paths: Iterable[str]) -> None:
        for path in paths:
            if is_meant(path):
                self._waiting.setdefault(path, None)


def folder_identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another one of its name (a stick that came back); None while it is away."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if folder.is_dir() else None
