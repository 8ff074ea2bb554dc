"""New files in a watched folder, which are imported once they no longer change."""

import contextlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from albums.imaging.unfinished import looks_complete
from albums.services.uploading.folder_listing import FolderListing, folder_walk
from albums.services.uploading.skipped_names import Skip, skip_reason

# A file that is not whole may be written further for so long: a slow connection stalls for seconds.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """The size and modification time of a file, and since when it has them (seconds of a monotonic clock)."""

    size: int
    modified: int
    since: float


class Arrivals:
    """The new files below a folder that may still be growing.

    A file is taken once its size and modification time are the same for `settle` seconds, or at once when it
    was modified longer ago. One that is empty, lacks its end or ends in zeros is still being written, and is
    taken after `patience` seconds without a change, to be refused with its reason. Files that are deleted or
    moved before that are ignored, and so are unfinished downloads, which are counted once.
    """

    def __init__(self, folder: Path, *, settle: float, patience: float = PATIENCE_SECONDS) -> None:
        self._folder = folder
        self._settle, self._patience = settle, patience
        self._waiting: dict[str, _Seen | None] = {}
        self._incomplete: dict[str, _Seen] = {}
        self._unfinished: set[str] = set()
        self._unfinished_new: list[str] = []

    @property
    def waiting(self) -> int:
        """The number of files that were not taken yet."""
        return len(self._waiting)

    def notice(self, paths: Iterable[Path]) -> None:
        """Expect these files, and all files in these folders."""
        for path in paths:
            with contextlib.suppress(ValueError):
                relative = path.relative_to(self._folder)
                names = _names(path) if path.is_dir() else [""]
                self._expect((relative / name).as_posix() for name in names)

    def notice_all(self) -> None:
        """Expect all files of the folder: at first, and when it was not available for a while."""
        self._expect(_names(self._folder))

    def take(self, now: float) -> FolderListing:
        """Return the files that no longer change, and stop waiting for them."""
        ready = []
        for path, before in list(self._waiting.items()):
            try:
                status = os.stat(self._folder / path)  # noqa: PTH116 - names may not be decodable
            except OSError:
                del self._waiting[path]
                continue
            age = time.time() - status.st_mtime
            if before is None and age >= max(self._settle, self._patience):
                ready.append(path)
            elif before is None or (before.size, before.modified) != (status.st_size, status.st_mtime_ns):
                # A file that was there before has been unchanged since it was modified.
                since = now if before is not None or age < self._settle else now - age
                seen = self._waiting[path] = _Seen(status.st_size, status.st_mtime_ns, since)
                if self._settled(path, seen, now):
                    ready.append(path)
            elif self._settled(path, before, now):
                ready.append(path)
        for path in ready:
            del self._waiting[path]
            self._incomplete.pop(path, None)
        unfinished, self._unfinished_new = self._unfinished_new, []
        return FolderListing(files=sorted(ready), unfinished=unfinished)

    def _settled(self, path: str, seen: _Seen, now: float) -> bool:
        """Return True for a file that has been unchanged for long enough."""
        if now - seen.since < self._settle:
            return False
        if now - seen.since >= self._patience:
            return True
        if self._incomplete.get(path) == seen:
            return False  # it was looked at, and has not changed
        try:
            with open(self._folder / path, "rb") as file:  # noqa: PTH123 - names may not be decodable
                complete = looks_complete(file)
        except OSError:
            return True  # its refusal says why it cannot be read
        if not complete:
            self._incomplete[path] = seen
        return complete

    def _expect(self, paths: Iterable[str]) -> None:
        for path in paths:
            skip = skip_reason(path, root=self._folder.name)
            if skip is None:
                self._waiting.setdefault(path, None)
            elif skip == Skip.UNFINISHED and path not in self._unfinished:
                self._unfinished.add(path)
                self._unfinished_new.append(path)


def _names(folder: Path) -> list[str]:
    listing = folder_walk(folder)
    return [*listing.files, *listing.unfinished]


def folder_identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from a later one with its name; None while it is not available."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if folder.is_dir() else None
