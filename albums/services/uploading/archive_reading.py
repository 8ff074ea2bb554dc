"""A zip from somebody, read without trust: what it costs is known before anything is unpacked.

Names are only shown: nothing is written where an entry says. One entry is unpacked at a time, to a file of
ours, and no further than the size that was allowed for.
"""

import contextlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from albums.exceptions import ArchiveRefused, ImageRefused, RefusalCode
from albums.services.core.limits import ArchiveLimits
from albums.services.uploading.folder_listing import SIDECAR_ENDINGS

# The list of contents is read in one go, and every entry becomes an object of some 600 bytes. Real lists have
# some 120 bytes an entry.
_LIST_BYTES_PER_FILE = 512
_LOCAL_HEADER = 30
# Below this an entry may be as thin as it likes: a small drawing of one colour is.
_RATIO_FROM = 10 * 2**20
_PIECE = 2**20
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_ARCHIVE_ENDINGS = (".zip", ".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst")
# What Python's reader raises for bytes that are no zip, as found by trying.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    UnicodeError,
    NotImplementedError,
    OverflowError,
    ValueError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file in a zip that may be a photo: `position` counts all entries; a `refusal` is known beforehand."""

    position: int
    name: str
    size: int
    refusal: ImageRefused | None


class OpenArchive:
    """A zip that is within its limits, and the files in it that may be photos."""

    def __init__(self, archive: zipfile.ZipFile, limits: ArchiveLimits, *, largest: int) -> None:
        self._archive = archive
        entries = archive.infolist()
        _check_limits(archive, entries, limits)
        self._entries = entries
        self.files = [
            ArchiveFile(position, entry.filename, entry.file_size, _refusal(entry, limits, largest))
            for position, entry in enumerate(entries)
            if _may_be_a_photo(entry)
        ]

    def copy(self, file: ArchiveFile, target: BinaryIO) -> None:
        """Unpack one file into `target`. Raises ImageRefused when it is broken, OSError from the disk."""
        left = file.size
        try:
            with self._archive.open(self._entries[file.position]) as source:
                while piece := _read(source):
                    left -= len(piece)
                    if left < 0:
                        raise zipfile.BadZipFile("longer than it says")
                    target.write(piece)
        except _BROKEN as error:
            raise ImageRefused(RefusalCode.BROKEN, str(error), {"what": "zip"}) from error


@contextlib.contextmanager
def archive_open(path: Path, *, limits: ArchiveLimits, largest: int) -> Iterator[OpenArchive]:
    """Open a zip whose files may have `largest` bytes each. Raises ArchiveRefused, OSError from the disk."""
    with path.open("rb") as file:
        guarded = _Guarded(file, limits.most_files * _LIST_BYTES_PER_FILE)
        try:
            archive = zipfile.ZipFile(guarded)
        except _BROKEN as error:
            raise ArchiveRefused(RefusalCode.NOT_A_ZIP) from error
        with archive:
            yield OpenArchive(archive, limits, largest=largest)


class _Guarded(io.BufferedIOBase):
    """A file out of which no more than `most` bytes are read at once: the list of contents is."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._most = file, max(most, 2**20)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0 or size > self._most:
            found = self._file.read(self._most + 1)
            if len(found) > self._most:
                raise ArchiveRefused(RefusalCode.TOO_MANY_FILES)
            return found
        return self._file.read(size)


def _read(source: IO[bytes]) -> bytes:
    return source.read(_PIECE)


def _check_limits(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    if len(entries) > limits.most_files:
        raise ArchiveRefused(RefusalCode.TOO_MANY_FILES, {"count": len(entries), "most": limits.most_files})
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.most_unpacked_bytes:
        raise ArchiveRefused(
            RefusalCode.UNPACKED_TOO_LARGE,
            {"size": round(unpacked / 2**20), "most": round(limits.most_unpacked_bytes / 2**20)},
        )
    # Entries that share their bytes are how a small zip becomes a huge one; no usual program writes them.
    by_place = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset for entry in by_place[1:]] + [archive.start_dir]
    for entry, end in zip(by_place, ends, strict=False):
        least = _LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
        if entry.header_offset < 0 or entry.header_offset + least > end:
            raise ArchiveRefused(RefusalCode.OVERLAPPING)


def _may_be_a_photo(entry: zipfile.ZipInfo) -> bool:
    """Neither a folder, nor hidden, nor what programs and systems leave beside photos."""
    parts = entry.filename.replace("\\", "/").split("/")
    hidden = any(part.startswith(".") and part not in {".", ".."} for part in parts)
    if not parts[-1] or hidden or parts[0] == "__MACOSX" or parts[-1].lower() == "thumbs.db":
        return False
    return "." + parts[-1].rpartition(".")[2].lower() not in SIDECAR_ENDINGS


def _refusal(entry: zipfile.ZipInfo, limits: ArchiveLimits, largest: int) -> ImageRefused | None:
    """Why this entry is not unpacked at all."""
    megabytes = {"size": round(entry.file_size / 2**20), "most": round(largest / 2**20)}
    unusual = f"Packed by method {entry.compress_type}."
    thin = entry.file_size > max(_RATIO_FROM, limits.most_ratio * entry.compress_size)
    # The first that holds is told.
    reasons = (
        (entry.flag_bits & _ENCRYPTED, ImageRefused(RefusalCode.ENCRYPTED)),
        (stat.S_ISLNK(entry.external_attr >> 16), ImageRefused(RefusalCode.LINK)),
        (entry.filename.lower().endswith(_ARCHIVE_ENDINGS), ImageRefused(RefusalCode.NESTED_ARCHIVE)),
        (
            entry.compress_type not in _METHODS,
            ImageRefused(RefusalCode.UNSUPPORTED, unusual, {"what": "zip"}),
        ),
        (entry.file_size > largest, ImageRefused(RefusalCode.TOO_LARGE, values=megabytes)),
        (thin, ImageRefused(RefusalCode.BOMB, values={"ratio": limits.most_ratio})),
    )
    return next((refusal for holds, refusal in reasons if holds), None)
