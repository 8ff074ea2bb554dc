"""Photos as one zip of their originals, sent while they are read."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from django.core.files.storage import FileSystemStorage, Storage
from django.utils import timezone
from django.utils.translation import gettext

from albums.exceptions import ArchivesBusy
from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.services.downloading.zip_streams import ZipEntry, zip_chunks, zip_length

CHUNK_BYTES = 256 * 1024
# Each holds a thread of the web server until its reader has all of it, and there are eight of them.
ARCHIVES_AT_ONCE = 4
_places = threading.BoundedSemaphore(ARCHIVES_AT_ONCE)

MOST_NAME_BYTES = 200
# What some system or other does not allow in a file name.
UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    path: str
    size: int
    moment: datetime


class ArchiveStream:
    """The bytes of a zip. Its place among those that are sent at once is free again after `close`."""

    def __init__(self, entries: list[ZipEntry]) -> None:
        self.length = zip_length(entries)
        self._chunks = zip_chunks(entries)
        self._held = True

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """Called by the web server when the answer ends, whole or not."""
        if self._held:
            self._held = False
            _places.release()


def archive_stream(images: ImageQuerySet) -> ArchiveStream:
    """A zip of the originals of `images`, in their order, in one query and without a file being open yet.

    Names are those that the photos came with, made different where two are alike. An original that is not in
    the storage is named in a text file inside instead of breaking off the download. Raises ArchivesBusy when
    enough are being sent already.
    """
    if not _places.acquire(blocking=False):
        raise ArchivesBusy
    try:
        return ArchiveStream(_entries(images))
    except BaseException:
        _places.release()
        raise


def _entries(images: ImageQuerySet) -> list[ZipEntry]:
    storage: Storage = Image._meta.get_field("original").storage  # noqa: SLF001 - Django's documented API
    rows = [
        _Row(source_path.rpartition("/")[2], path, size, captured_at or added_at)
        for source_path, path, size, captured_at, added_at in images.values_list(
            "source_path", "original", "size_bytes", "captured_at", "added_at"
        )
    ]
    present = {row.path for row in rows if _present(storage, row.path)}
    names = _Names()
    entries = [
        ZipEntry(
            names.unlike(row.name), row.size, timezone.localtime(row.moment), _Content(storage, row.path)
        )
        for row in rows
        if row.path in present
    ]
    missing = [row for row in rows if row.path not in present]
    if missing:
        heading = gettext("The originals of these photos are missing on the server:")
        text = "\r\n".join([heading, "", *(row.name for row in missing), ""]).encode()
        entries.append(
            ZipEntry(names.unlike(gettext("Missing.txt")), len(text), timezone.localtime(), [text])
        )
    return entries


def _present(storage: Storage, path: str) -> bool:
    """Whether a file is there, where asking is cheap; elsewhere it would be a request to another machine."""
    return not isinstance(storage, FileSystemStorage) or (bool(path) and storage.exists(path))


class _Content:
    """The bytes of a stored file, which is opened when it is read and closed when it was."""

    def __init__(self, storage: Storage, path: str) -> None:
        self.storage, self.path = storage, path

    def __iter__(self) -> Iterator[bytes]:
        with self.storage.open(self.path) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


def fit_name(name: str) -> str:
    """`name` without what some system does not allow in the name of a file, and not too long."""
    path = PurePosixPath(UNFIT.sub("_", name).strip(" .") or gettext("Photos"))
    suffix = path.suffix[:16]
    stem = path.stem.encode()[: MOST_NAME_BYTES - len(suffix.encode())].decode(errors="ignore")
    return f"{stem}{suffix}"


class _Names:
    """File names that every system takes, no two alike, not even where capitals do not count."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def unlike(self, name: str) -> str:
        """`name`, or the like of it that is still free."""
        wanted = candidate = fit_name(name)
        path = PurePosixPath(wanted)
        while candidate.casefold() in self._taken:
            self._taken[wanted.casefold()] += 1
            candidate = f"{path.stem} ({self._taken[wanted.casefold()]}){path.suffix}"
        self._taken[candidate.casefold()] = 1
        return candidate
