"""Write a zip while it is sent: never whole in memory or on disk, and of known length.

Contents are stored uncompressed, since photos do not get smaller, with their times; a large one is a ZIP64.
"""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from zipstream import ZipStream

# The first and the last time that a zip can store.
EARLIEST, LATEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A file of a zip. `chunks` gives exactly `size` bytes; it is read once, after the files before it."""

    name: str
    size: int
    modified: datetime
    chunks: Iterable[bytes]


class ZipSizeChanged(Exception):
    """A file had another number of bytes than announced: the zip ends there, visibly damaged."""


def zip_length(entries: Sequence[ZipEntry]) -> int:
    """Return the number of bytes that `zip_chunks` will yield."""
    stream = ZipStream(sized=True)
    for entry in entries:
        stream.add(entry.chunks, entry.name, size=entry.size)
    return len(stream)


class _Output:
    """The file that zipfile writes to; its content is taken after each write."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def take(self) -> bytes:
        """Return what was written since the last call."""
        data = b"".join(self._chunks)
        self._chunks.clear()
        return data


def zip_chunks(entries: Iterable[ZipEntry]) -> Iterator[bytes]:
    """Yield the bytes of a zip. Raises ZipSizeChanged, and what reading a file raises."""
    output = _Output()
    archive = zipfile.ZipFile(output, "w", zipfile.ZIP_STORED)
    for entry in entries:
        modified = entry.modified.timetuple()[:6]
        info = zipfile.ZipInfo(entry.name, min(max(modified, EARLIEST), LATEST))
        info.file_size = entry.size
        info.external_attr = 0o100644 << 16
        sent = 0
        with archive.open(info, "w") as member:
            for chunk in entry.chunks:
                member.write(chunk)
                sent += len(chunk)
                if sent > entry.size:
                    break
                yield output.take()
        if sent != entry.size:
            raise ZipSizeChanged(entry.name)
        yield output.take()
    archive.close()
    yield output.take()
