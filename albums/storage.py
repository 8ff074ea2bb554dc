"""Names of files in the storage, made of ids and digests alone, and operations on files and folders."""

import contextlib
import hashlib
import uuid
from collections.abc import Iterator
from typing import Protocol

from django.core.files.base import File
from django.core.files.storage import Storage
from django.db.models.fields.files import FieldFile


class _JobFile(Protocol):
    """The part of a job's file that its name is made of."""

    @property
    def job(self) -> "_Job": ...


class _Job(Protocol):
    """The part of a job that the names of its files are made of."""

    pk: int
    owner_id: int


class _Original(Protocol):
    """The part of an image that its name is made of; the models import this module."""

    owner_id: int
    sha256: str
    turns: int


class _Rendition(Protocol):
    """The part of a rendition that its name is made of."""

    kind: str

    @property
    def image(self) -> _Original: ...


def original_name(image: _Original, filename: str) -> str:
    """Return the name of an original; only a plain extension of `filename` is used."""
    extension = filename.rpartition(".")[2].lower()
    if not (extension.isascii() and extension.isalnum() and len(extension) <= 5):
        extension = "bin"
    return f"originals/{image.owner_id}/{image.sha256[:2]}/{image.sha256}.{extension}"


def rendition_name(rendition: _Rendition, _filename: str) -> str:
    """Return the name of a rendition. A turned photo has others: the former files stay until it is turned."""
    image = rendition.image
    turned = f"-{image.turns}" if image.turns else ""
    return f"renditions/{image.owner_id}/{image.sha256[:2]}/{image.sha256}-{rendition.kind}{turned}.jpg"


def job_folder(job: _Job) -> str:
    """Return the folder of a job's files."""
    return f"jobs/{job.owner_id}/{job.pk}"


def job_file_name(file: _JobFile, _filename: str) -> str:
    """Return a new name for a file of a job: a second run never writes over the files of the first."""
    return f"{job_folder(file.job)}/{uuid.uuid4().hex}"


def put_file(storage: Storage, name: str, content: "File[bytes]") -> str:
    """Store `content` under exactly this name, replacing what a killed worker may have left there.

    The caller holds the row that owns the name, so no other process writes it. Without the deletion a storage
    would choose another name, and the leftover would stay forever.
    """
    if storage.exists(name):
        storage.delete(name)
    return storage.save(name, content)


def stored_digest(file: FieldFile, *, wanted: bool) -> tuple[int | None, str]:
    """Return the size of a file, None without a file, and its sha256 if `wanted`.

    Raises OSError when the storage fails.
    """
    try:
        size = file.storage.size(str(file.name))
        if not wanted:
            return size, ""
        with file.storage.open(str(file.name), "rb") as content:
            return size, hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return None, ""


def stored_below(storage: Storage, folder: str) -> Iterator[str]:
    """Yield the names of all files below a folder; none if it does not exist."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}"
    for name in folders:
        yield from stored_below(storage, f"{folder}/{name}")


def folder_empty(storage: Storage, folder: str) -> None:
    """Delete a folder with all files below it, including those without a row."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        storage.delete(f"{folder}/{name}")
    for name in folders:
        folder_empty(storage, f"{folder}/{name}")
    # A folder that is being written to is not empty, and stays.
    with contextlib.suppress(OSError):
        storage.delete(folder)


def folder_use(storage: Storage, folder: str) -> tuple[int, int]:
    """Return the number of files below a folder, and their bytes."""
    count = size = 0
    for name in stored_below(storage, folder):
        with contextlib.suppress(FileNotFoundError):
            size += storage.size(name)
            count += 1
    return count, size
