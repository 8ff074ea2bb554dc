"""Read untrusted zips: their cost is known before anything is unpacked.

Names of entries are only displayed. One entry at a time is unpacked, to a file of ours and up to its limit.
"""

import contextlib
import copy
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from albums.exceptions import ArchiveRefused, ImageRefused, RefusalCode
from albums.imaging.sniffing import begins_as_picture, unidentified_reason
from albums.services.core.limits import ArchiveLimits
from albums.services.uploading.archive_names import archive_names
from albums.services.uploading.skipped_names import Skip, skip_reason

# The central directory is read at once, and each entry becomes an object of some 600 bytes. Real directories
# have some 120 bytes an entry.
_DIRECTORY_BYTES_PER_FILE = 512
_LOCAL_HEADER = 30
# A smaller entry may have any ratio: a picture of one colour has a very high one.
_RATIO_FROM = 10 * 2**20
_CHUNK = 2**20
_HEAD_BYTES = 4096
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# APPNOTE.TXT 4.4.5, for explanations. Windows chooses the first by itself above 2 GB.
_DEFLATE64 = 9
_METHOD_NAMES = {_DEFLATE64: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_UNIX = 3
_ARCHIVE_ENDINGS = (".zip", ".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst")
# Raised by zipfile for broken zips, as found by experiments.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, UnicodeError, NotImplementedError,
    OverflowError, ValueError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file in a zip that may be a photo.

    position: among all entries. name: decoded. refusal: why it is not unpacked.
    """

    position: int
    name: str
    size: int
    refusal: ImageRefused | None


class OpenArchive:
    """A zip within its limits, and the files in it that may be photos.

    skipped: the number of the other files: hidden ones, and what programs and systems create beside photos.
    sidecars: those of them that may tell something of a photo.
    """

    def __init__(self, archive: zipfile.ZipFile, limits: ArchiveLimits, *, largest: int) -> None:
        self._archive = archive
        self._entries = archive.infolist()
        _check_limits(archive, self._entries, limits)
        self.files: list[ArchiveFile] = []
        self.sidecars: list[ArchiveFile] = []
        self.skipped = 0
        names = archive_names(self._entries)
        for position, (entry, name) in enumerate(zip(self._entries, names, strict=True)):
            if name.endswith(("/", "\\")) and not entry.file_size:
                continue  # a folder
            skip = _skip(entry, name)
            file = ArchiveFile(position, name, entry.file_size, _refusal(entry, name, limits, largest))
            self.skipped += skip is not None
            if skip == Skip.SIDECAR:
                self.sidecars.append(file)
            elif skip is None:
                self.files.append(file)

    def copy(self, file: ArchiveFile, target: BinaryIO) -> None:
        """Unpack one file into `target`. Raises ImageRefused when it is broken, OSError from the disk."""
        left = file.size
        # A byte more than the header says: zipfile would cut a longer file off without a word.
        entry = copy.copy(self._entries[file.position])
        entry.file_size += 1
        try:
            with self._archive.open(entry) as source:
                while chunk := source.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise zipfile.BadZipFile("longer than its header says")
                    target.write(chunk)
            if left:
                raise zipfile.BadZipFile("shorter than its header says")
        except _BROKEN as error:
            raise ImageRefused(RefusalCode.BROKEN, str(error), {"what": "zip"}) from error

    def beginning(self, file: ArchiveFile, most: int) -> bytes:
        """Return at most so many bytes of a file. Raises ImageRefused when it is broken."""
        try:
            with self._archive.open(self._entries[file.position]) as source:
                return source.read(most)
        except _BROKEN as error:
            raise ImageRefused(RefusalCode.BROKEN, str(error), {"what": "zip"}) from error

    def content_refusal(self, file: ArchiveFile) -> ImageRefused | None:
        """Return the refusal of a file that does not begin as a picture; None for one to be unpacked.

        Only its first bytes are unpacked: a zip may hold tens of thousands of files that are no photos.
        """
        try:
            head = self.beginning(file, _HEAD_BYTES)
        except ImageRefused:
            return None  # unpacking it finds out why
        if not head or begins_as_picture(head):
            return None
        return unidentified_reason(head, tail=b"")


@contextlib.contextmanager
def archive_open(path: Path, *, limits: ArchiveLimits, largest: int) -> Iterator[OpenArchive]:
    """Open a zip whose files may have `largest` bytes each. Raises ArchiveRefused, OSError from the disk."""
    with path.open("rb") as file:
        limited = _LimitedReads(file, limits.most_files * _DIRECTORY_BYTES_PER_FILE)
        try:
            archive = zipfile.ZipFile(limited)
        except _BROKEN as error:
            raise ArchiveRefused(RefusalCode.NOT_A_ZIP) from error
        with archive:
            yield OpenArchive(archive, limits, largest=largest)


class _LimitedReads(io.BufferedIOBase):
    """A file of which at most `most` bytes are read at once, as zipfile reads the central directory."""

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


def _check_limits(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    if len(entries) > limits.most_files:
        values: dict[str, int | str] = {"count": len(entries), "most": limits.most_files}
        raise ArchiveRefused(RefusalCode.TOO_MANY_FILES, values=values)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.most_unpacked_bytes:
        values = {"size": round(unpacked / 2**20), "most": round(limits.most_unpacked_bytes / 2**20)}
        raise ArchiveRefused(RefusalCode.UNPACKED_TOO_LARGE, values=values)
    # Overlapping entries make a huge archive of a small file; no common program writes them.
    by_offset = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset for entry in by_offset[1:]] + [archive.start_dir]
    for entry, end in zip(by_offset, ends, strict=False):
        least = _LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
        if entry.header_offset < 0 or entry.header_offset + least > end:
            raise ArchiveRefused(RefusalCode.OVERLAPPING)


def _skip(entry: zipfile.ZipInfo, name: str) -> Skip | None:
    """Return why an entry is skipped: it is hidden, or created beside photos by programs and systems."""
    # Some programs for Windows separate folders by backslashes. In names of other systems, and in names of a
    # wrongly guessed encoding, a backslash is any letter, and the dot of the ending may follow it.
    windows = entry.create_system != _UNIX and (name.isascii() or entry.flag_bits & _UTF8_NAME)
    return skip_reason(name.replace("\\", "/") if windows else name)


def _refusal(entry: zipfile.ZipInfo, name: str, limits: ArchiveLimits, largest: int) -> ImageRefused | None:
    """Return the first reason not to unpack an entry."""
    for holds, code in (
        (entry.flag_bits & _ENCRYPTED, RefusalCode.ENCRYPTED),
        (stat.S_ISLNK(entry.external_attr >> 16), RefusalCode.LINK),
        (name.lower().endswith(_ARCHIVE_ENDINGS), RefusalCode.NESTED_ARCHIVE),
    ):
        if holds:
            return ImageRefused(code)
    if entry.compress_type not in _METHODS:
        method = _METHOD_NAMES.get(entry.compress_type, str(entry.compress_type))
        what = "deflate64" if entry.compress_type == _DEFLATE64 else "compression"
        detail = f"Compressed by method {method}."
        return ImageRefused(RefusalCode.UNSUPPORTED, detail, {"what": what, "method": method})
    if entry.file_size > largest:
        megabytes = {"size": round(entry.file_size / 2**20), "most": round(largest / 2**20)}
        return ImageRefused(RefusalCode.TOO_LARGE, values=megabytes)
    if entry.file_size > max(_RATIO_FROM, limits.most_ratio * entry.compress_size):
        return ImageRefused(RefusalCode.BOMB, values={"ratio": limits.most_ratio})
    return None
