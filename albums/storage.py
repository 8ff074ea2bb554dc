"""Where files of this app live in the storage, and how one is put there.

Names are made of ids and digests alone: a file name that a person chose never becomes part of a path.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from typing import Protocol

from django.core.files.base import File
from django.core.files.storage import Storage
from django.db.models.fields.files import FieldFile

CHUNK = 2**20


class _Original(Protocol):
    """What of an image makes its name; the models themselves stand above this module."""

    owner_id: int
    sha256: str


class _Rendition(Protocol):
    """What of a rendition makes its name."""

    kind: str

    @property
    def image(self) -> _Original: ...


def original_name(image: _Original, filename: str) -> str:
    """The storage name of an original; of `filename` only a plain extension is used."""
    extension = filename.rpartition(".")[2].lower()
    if not (extension.isascii() and extension.isalnum() and len(extension) <= 5):
        extension = "bin"
    return f"originals/{image.owner_id}/{image.sha256[:2]}/{image.sha256}.{extension}"


def rendition_name(rendition: _Rendition, _filename: str) -> str:
    """The storage name of a rendition, beside others of the same image."""
    image = rendition.image
    return f"renditions/{image.owner_id}/{image.sha256[:2]}/{image.sha256}-{rendition.kind}.jpg"


def put_file(storage: Storage, name: str, content: "File[bytes]") -> str:
    """Store `content` under exactly `name`, in place of what a killed worker may have left there.

    The caller holds the row that owns the name, so nobody else can be writing it. Without the delete a
    storage would choose another name, and the leftover would stay for ever.
    """
    if storage.exists(name):
        storage.delete(name)
    return storage.save(name, content)


def stored_digest(file: FieldFile, *, wanted: bool) -> tuple[int | None, str]:
    """A stored file's bytes and their sha256, empty where not wanted; None and nothing without the file.

    Raises OSError when the storage fails.
    """
    try:
        if not wanted:
            return file.storage.size(str(file.name)), ""
        digest, size = hashlib.sha256(), 0
        with file.storage.open(str(file.name), "rb") as content:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        return None, ""
    return size, digest.hexdigest()


def stored_below(storage: Storage, folder: str) -> Iterator[str]:
    """The names of all files in a folder and in those below it; none when there is no such folder."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}"
    for name in folders:
        yield from stored_below(storage, f"{folder}/{name}")


def folder_empty(storage: Storage, folder: str) -> int:
    """Delete all files in a folder and below, and the folders; returns how many files there were.

    Takes along what no row names: what a killed worker left behind, and what was kept to undo something.
    """
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return 0
    for name in files:
        storage.delete(f"{folder}/{name}")
    count = len(files) + sum(folder_empty(storage, f"{folder}/{name}") for name in folders)
    # A folder that somebody writes into at this very moment is not empty, and stays for the next time.
    with contextlib.suppress(OSError):
        storage.delete(folder)
    return count


def folder_use(storage: Storage, folder: str) -> tuple[int, int]:
    """How many files there are in a folder and below, and their bytes."""
    count = size = 0
    for name in stored_below(storage, folder):
        with contextlib.suppress(FileNotFoundError):
            size += storage.size(name)
            count += 1
    return count, size
