"""A zip that is written while it is sent: never whole in memory, never on disk, its length known before.

Contents are stored as they are (pictures do not get smaller), with their times; beyond 4 GB and 65,535 files
it is a ZIP64.
"""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

# The times that a zip can hold.
FIRST_YEAR, LAST_YEAR = 1980, 2107
# Sizes of the records, from APPNOTE.TXT 4.3.7, 4.3.9, 4.3.12, 4.3.14 to 4.3.16.
LOCAL_HEADER, CENTRAL_HEADER, END, END64 = 30, 46, 22, 56 + 20
DESCRIPTOR, DESCRIPTOR64 = 16, 24
EXTRA64_HEADER, EXTRA64_FIELD = 4, 8


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A file of the zip: its name inside, size in bytes, local time, and its content when its turn comes.

    `chunks` must give exactly `size` bytes. It is begun once, when the files before it have been sent.
    """

    name: str
    size: int
    modified: datetime
    chunks: Iterable[bytes]


class ZipSizeChanged(Exception):
    """A file gave another number of bytes than was announced: the zip ends there, damaged for all to see."""


def zip_length(entries: Sequence[ZipEntry]) -> int:
    """How many bytes `zip_chunks` will give."""
    offset = central = 0
    for entry in entries:
        name = len(entry.name.encode())
        # As zipfile decides when it writes the header: with room to spare.
        large = entry.size * 1.05 > zipfile.ZIP64_LIMIT
        fields = 2 * (entry.size > zipfile.ZIP64_LIMIT) + (offset > zipfile.ZIP64_LIMIT)
        central += CENTRAL_HEADER + name + (EXTRA64_HEADER + EXTRA64_FIELD * fields if fields else 0)
        offset += LOCAL_HEADER + name + entry.size
        offset += EXTRA64_HEADER + 2 * EXTRA64_FIELD + DESCRIPTOR64 if large else DESCRIPTOR
    beyond = (
        len(entries) > zipfile.ZIP_FILECOUNT_LIMIT
        or offset > zipfile.ZIP64_LIMIT
        or central > zipfile.ZIP64_LIMIT
    )
    return offset + central + END + (END64 if beyond else 0)


class _Outbox:
    """What zipfile takes for a file that can only be written to; it is emptied after each write."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        """Keep what was written until it is taken."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def zip_chunks(entries: Iterable[ZipEntry]) -> Iterator[bytes]:
    """The zip, piece by piece. Raises ZipSizeChanged, and what reading a file raises."""
    outbox = _Outbox()
    archive = zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED)
    for entry in entries:
        info = zipfile.ZipInfo(entry.name, _zip_time(entry.modified))
        info.file_size = entry.size
        info.external_attr = 0o100644 << 16
        sent = 0
        with archive.open(info, "w") as member:
            for chunk in entry.chunks:
                member.write(chunk)
                sent += len(chunk)
                if sent > entry.size:
                    break
                yield outbox.taken()
        if sent != entry.size:
            raise ZipSizeChanged(entry.name)
        yield outbox.taken()
    archive.close()
    yield outbox.taken()


def _zip_time(moment: datetime) -> tuple[int, int, int, int, int, int]:
    if moment.year < FIRST_YEAR:
        return FIRST_YEAR, 1, 1, 0, 0, 0
    if moment.year > LAST_YEAR:
        return LAST_YEAR, 12, 31, 23, 59, 58
    return moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second
