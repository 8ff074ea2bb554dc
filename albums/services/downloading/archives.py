"""Zips of originals, streamed."""

import re
import threading
import weakref
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import NamedTuple

from django.core.files.storage import FileSystemStorage, Storage
from django.utils import timezone
from django.utils.translation import gettext

from albums.exceptions import ArchivesBusy
from albums.models import Image, Rendition
from albums.querysets import ImageQuerySet
from albums.services.downloading.cleaned_files import ALWAYS_CLEANED, can_clean, cleaned_file
from albums.services.downloading.zip_streams import ZipEntry, zip_chunks, zip_length

CHUNK_BYTES = 256 * 1024
# Each occupies one of the web server's threads for long requests until it is downloaded; so many in each of
# its processes, and from one client.
ARCHIVES_AT_ONCE = 6
ARCHIVES_OF_CLIENT = 2

MAX_NAME_BYTES = 200
# Not allowed in file names by some system.
_INVALID = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


class _Row(NamedTuple):
    pk: int
    name: str
    path: str
    size: int
    clock: datetime
    mime_type: str
    cleaned: bool


class _Places:
    """The zips that are sent at the moment, by client."""

    def __init__(self) -> None:
        # A lost response is found in any thread, also in the one that holds it.
        self._lock = threading.RLock()
        self._of_client: Counter[str] = Counter()

    def take(self, client: str) -> None:
        """Take a place for a client; an empty one is not limited by itself. Raises ArchivesBusy."""
        with self._lock:
            many = client and self._of_client[client] >= ARCHIVES_OF_CLIENT
            if many or self.taken >= ARCHIVES_AT_ONCE:
                raise ArchivesBusy
            self._of_client[client] += 1

    def leave(self, client: str) -> None:
        """Give a place back."""
        with self._lock:
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]

    @property
    def taken(self) -> int:
        """The number of places that are taken."""
        return self._of_client.total()


places = _Places()


class ArchiveStream:
    """The bytes of a zip. `close` allows another one to be sent; so does a response that is lost before."""

    def __init__(self, entries: list[ZipEntry], client: str) -> None:
        self.length = zip_length(entries)
        self._chunks = zip_chunks(entries)
        self._leave = weakref.finalize(self, places.leave, client)

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """End the download; called by the web server, also when the reader has disconnected."""
        self._leave()


def archive_stream(images: ImageQuerySet, *, client: str = "", cleaned: bool = False) -> ArchiveStream:
    """Return a zip of the originals of `images`, in their order, with their own names made unique.

    client: the address that it is sent to. cleaned: without position, serial numbers and texts; a file that
    cannot be cleaned is replaced by its preview. A text file inside lists missing originals. Raises
    ArchivesBusy.
    """
    places.take(client)
    try:
        return ArchiveStream(_entries(images, cleaned=cleaned), client)
    except BaseException:
        places.leave(client)
        raise


def _entries(images: ImageQuerySet, *, cleaned: bool) -> list[ZipEntry]:
    storage: Storage = Image._meta.get_field("original").storage  # noqa: SLF001 - Django's documented API
    rows = [
        _Row(
            pk, source_path.rpartition("/")[2], path, size, _clock(captured_at, added_at), mime_type, cleaned
        )
        for pk, source_path, path, size, captured_at, added_at, mime_type in images.values_list(
            "pk", "source_path", "original", "size_bytes", "captured_at", "added_at", "mime_type"
        )
    ]
    if cleaned:
        rows = _previews_of_what_stays_unclean(storage, rows)
    names, missing = _Names(), {row.path for row in rows if not row.path or not _exists(storage, row.path)}
    entries = [
        ZipEntry(
            names.unique(row.name),
            row.size,
            row.clock,
            _Content(storage, row.path, cleaned=row.cleaned),
        )
        for row in rows
        if row.path not in missing
    ]
    if missing:
        heading = gettext("The originals of these photos are missing on the server:")
        lost = [row.name for row in rows if row.path in missing]
        text = "\r\n".join([heading, "", *lost, ""]).encode()
        name = names.unique(gettext("Missing.txt"))
        entries.append(ZipEntry(name, len(text), timezone.localtime(), [text]))
    return entries


def _previews_of_what_stays_unclean(storage: Storage, rows: list[_Row]) -> list[_Row]:
    """Return the rows with the preview in place of each original that cannot be cleaned, or without it."""
    unclean = {row.pk for row in rows if row.mime_type not in ALWAYS_CLEANED and not _cleaned(storage, row)}
    previews = dict(
        Rendition.objects.filter(image__in=unclean, kind=Rendition.Kind.PREVIEW).values_list(
            "image_id", "file"
        )
    )
    return [
        row
        if row.pk not in unclean
        else row._replace(
            name=f"{PurePosixPath(row.name).stem}.jpg",
            path=(path := previews.get(row.pk, "")),
            size=storage.size(path) if path and _exists(storage, path) else 0,
            cleaned=False,
        )
        for row in rows
    ]


def _cleaned(storage: Storage, row: _Row) -> bool:
    """Return True for an original that can be cleaned, and for one that is missing."""
    if not _exists(storage, row.path):
        return True
    with storage.open(row.path) as file:
        return can_clean(file)


def _clock(captured_at: datetime | None, added_at: datetime) -> datetime:
    """Return the time of a file in a zip, which has no zone."""
    return captured_at or timezone.localtime(added_at)


def _exists(storage: Storage, path: str) -> bool:
    """Return True for an existing file, and for any file of a remote storage, which would need a request."""
    return not isinstance(storage, FileSystemStorage) or (bool(path) and storage.exists(path))


class _Content:
    """The bytes of a stored file, which is open only while it is read."""

    def __init__(self, storage: Storage, path: str, *, cleaned: bool) -> None:
        self.storage, self.path, self.cleaned = storage, path, cleaned

    def __iter__(self) -> Iterator[bytes]:
        with self.storage.open(self.path) as file:
            content = cleaned_file(file) if self.cleaned else file
            while chunk := content.read(CHUNK_BYTES):
                yield chunk


def valid_name(name: str) -> str:
    """Return `name` as a valid file name on every system."""
    path = PurePosixPath(_INVALID.sub("_", name).strip(" .") or gettext("Photos"))
    suffix = path.suffix[:16]
    stem = path.stem.encode()[: MAX_NAME_BYTES - len(suffix.encode())].decode(errors="ignore")
    return f"{stem}{suffix}"


class _Names:
    """Valid file names that differ, also where case does not count."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """Return `name`, with a number if it is taken."""
        wanted = candidate = valid_name(name)
        path = PurePosixPath(wanted)
        while candidate.casefold() in self._taken:
            self._taken[wanted.casefold()] += 1
            candidate = f"{path.stem} ({self._taken[wanted.casefold()]}){path.suffix}"
        self._taken[candidate.casefold()] = 1
        return candidate
