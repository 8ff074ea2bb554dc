"""List the files of a folder that may be photos, and count the others."""

import os
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from albums.exceptions import ImportFolderError, RefusalCode
from albums.services.uploading.skipped_names import Skip, is_hidden, is_system_folder, skip_of_name


class Refusal(NamedTuple):
    """A file that did not become a photo: its path relative to the folder, a code, and the reason."""

    path: str
    code: str
    reason: str


@dataclass(slots=True)
class FolderListing:
    """The files of a folder as sorted relative paths with "/", and the number of others.

    system_folders: folders that were not entered, such as bins and thumbnails of network disks. unfinished:
    paths of downloads that are not finished. sidecar_files: paths of the sidecars.
    """

    files: list[str] = field(default_factory=list)
    unreadable: list[Refusal] = field(default_factory=list)
    sidecars: int = 0
    hidden: int = 0
    not_photos: int = 0
    unfinished: list[str] = field(default_factory=list)
    system_folders: int = 0
    sidecar_files: list[str] = field(default_factory=list)

    def count(self, skip: Skip) -> None:
        """Count a file that is skipped because of its name."""
        if skip == Skip.HIDDEN:
            self.hidden += 1
        elif skip == Skip.NOT_A_PHOTO:
            self.not_photos += 1
        else:
            self.sidecars += 1


def folder_list(folder: Path) -> FolderListing:
    """Return the files below `folder`. Raises ImportFolderError when there are none."""
    if not folder.exists():
        raise ImportFolderError(f"There is no folder {folder}.")
    if not folder.is_dir():
        raise ImportFolderError(f"{folder} is not a folder.")
    listing = folder_walk(folder)
    if not listing.files and not listing.unreadable:
        skipped = listing.sidecars + listing.hidden
        more = f" ({skipped} hidden files and sidecars were skipped)" if skipped else ""
        if others := listing.not_photos + len(listing.unfinished) + listing.system_folders:
            more = f" ({skipped + others} files and system folders were skipped because of their names)"
        raise ImportFolderError(f"There is no picture in {folder}{more}.")
    return listing


def folder_walk(folder: Path) -> FolderListing:
    """Return the files below a folder; links are followed, but no folder is entered twice."""
    listing, visited, waiting = FolderListing(), set[tuple[int, int]](), [""]
    while waiting:
        waiting += _enter(os.fspath(folder), waiting.pop(), listing, visited)
    listing.files.sort()
    return listing


def printable_path(path: str) -> str:
    """Return the path on one line, with characters escaped that move the cursor or turn the text around."""
    return "".join(
        letter.encode("unicode_escape").decode("ascii")
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else letter
        for letter in path
    )


def _enter(root: str, relative: str, listing: FolderListing, visited: set[tuple[int, int]]) -> list[str]:
    """Add the entries of one folder to the listing, and return the folders among them."""
    folders = []
    parent = relative.rpartition("/")[2] or os.path.basename(os.path.abspath(root))  # noqa: PTH100, PTH119 - as below
    try:
        # A link may lead back up: a folder is identified by its inode, not by its name.
        status = os.stat(os.path.join(root, relative))  # noqa: PTH116, PTH118 - names may not be decodable
        if (status.st_dev, status.st_ino) in visited:
            return []
        visited.add((status.st_dev, status.st_ino))
        with os.scandir(os.path.join(root, relative)) as entries:  # noqa: PTH118 - as above
            for entry in entries:
                path = f"{relative}/{entry.name}" if relative else entry.name
                if is_hidden(entry.name):
                    listing.hidden += 1
                elif (kind := _kind(entry)) == "folder":
                    if is_system_folder(entry.name, parent):
                        listing.system_folders += 1
                    else:
                        folders.append(path)
                elif (skip := skip_of_name(entry.name)) == Skip.UNFINISHED:
                    listing.unfinished.append(path)
                elif skip:
                    listing.count(skip)
                    if skip == Skip.SIDECAR:
                        listing.sidecar_files.append(path)
                elif kind == "file":
                    listing.files.append(path)
    except OSError as error:
        reason = f"The folder cannot be opened: {error.strerror or error}."
        listing.unreadable.append(Refusal(relative or ".", RefusalCode.UNREADABLE, reason))
    return folders


def _kind(entry: os.DirEntry[str]) -> Literal["folder", "file", "other"]:
    """Return the kind of an entry or of a link's target; a broken link is a file, and is refused as one."""
    try:
        if entry.is_dir():
            return "folder"
        return "file" if entry.is_file() or (entry.is_symlink() and not os.path.exists(entry)) else "other"  # noqa: PTH110 - as above
    except OSError:
        return "file"
