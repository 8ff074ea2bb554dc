"""What lies in a folder of photos: the files to take, and what is passed over."""

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from albums.exceptions import ImportFolderError, RefusalCode

# What programs leave beside photos. No refusal is written for these: nobody meant them as photos.
SIDECAR_ENDINGS = frozenset({".xmp", ".json", ".aae", ".thm", ".ini", ".pp3", ".dop", ".db", ".lnk"})


class Refusal(NamedTuple):
    """A file that did not become a photo: its path relative to the folder, a code, and words for it."""

    path: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class FolderListing:
    """What a folder holds, as sorted relative paths with "/"; the rest is only counted."""

    files: list[str]
    unreadable: list[Refusal]
    sidecars: int
    hidden: int


def folder_list(folder: Path) -> FolderListing:
    """Every regular file below `folder`, links followed but no folder entered twice.

    Raises ImportFolderError when there is nothing to take.
    """
    if not folder.exists():
        raise ImportFolderError(f"There is no folder {folder}.")
    if not folder.is_dir():
        raise ImportFolderError(f"{folder} is not a folder.")
    listing = folder_walk(folder)
    if not listing.files and not listing.unreadable:
        skipped = listing.sidecars + listing.hidden
        beside = f" ({skipped} hidden files and sidecars were passed over)" if skipped else ""
        raise ImportFolderError(f"There is no picture in {folder}{beside}.")
    return listing


def folder_walk(folder: Path) -> FolderListing:
    """The same of a folder that is there and may be empty."""
    return _Walk().walk(os.fspath(folder))


def is_meant(path: str) -> bool:
    """Whether a file at this path, relative to the folder, may be a photo: not hidden, and no sidecar."""
    hidden = any(part.startswith(".") for part in path.split("/"))
    return not hidden and os.path.splitext(path)[1].lower() not in SIDECAR_ENDINGS  # noqa: PTH122 - names may not be decodable


def printable_path(path: str) -> str:
    """The path on one line, safe for a terminal: what would move the cursor or turn the text is escaped."""
    return "".join(
        letter.encode("unicode_escape").decode("ascii")
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else letter
        for letter in path
    )


class _Walk:
    """One walk through a folder, which remembers where it has been."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.unreadable: list[Refusal] = []
        self.sidecars = 0
        self.hidden = 0
        self.visited: set[tuple[int, int]] = set()

    def walk(self, root: str) -> FolderListing:
        waiting = [""]
        while waiting:
            waiting += self._enter(root, waiting.pop())
        self.files.sort()
        return FolderListing(self.files, self.unreadable, self.sidecars, self.hidden)

    def _enter(self, root: str, relative: str) -> list[str]:
        """Sort the entries of one folder; the folders among them are returned."""
        folders = []
        try:
            # A link may lead back up: a folder is known by its inode, not by its name.
            status = os.stat(os.path.join(root, relative))  # noqa: PTH116, PTH118 - names may not be decodable
            if (status.st_dev, status.st_ino) in self.visited:
                return []
            self.visited.add((status.st_dev, status.st_ino))
            with os.scandir(os.path.join(root, relative)) as entries:  # noqa: PTH118 - as above
                for entry in entries:
                    path = f"{relative}/{entry.name}" if relative else entry.name
                    if entry.name.startswith("."):
                        self.hidden += 1
                    elif _kind(entry) == "folder":
                        folders.append(path)
                    elif os.path.splitext(entry.name)[1].lower() in SIDECAR_ENDINGS:  # noqa: PTH122 - as above
                        self.sidecars += 1
                    elif _kind(entry) == "file":
                        self.files.append(path)
        except OSError as error:
            reason = f"The folder cannot be opened: {error.strerror or error}."
            self.unreadable.append(Refusal(relative or ".", RefusalCode.UNREADABLE, reason))
        return folders


def _kind(entry: os.DirEntry[str]) -> Literal["folder", "file", "other"]:
    """What an entry or the target of a link is; a link that leads nowhere is a file, and refused as one."""
    try:
        if entry.is_dir():
            return "folder"
        return "file" if entry.is_file() or (entry.is_symlink() and not os.path.exists(entry)) else "other"  # noqa: PTH110 - as above
    except OSError:
        return "file"
