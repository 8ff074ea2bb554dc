"""Files of which some bytes are replaced as they are read. Their length never changes."""

import bisect
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True, order=True)
class Patch:
    """The bytes `start` to `stop` of a file are replaced: by `content`, then by `filling` up to the end."""

    start: int
    stop: int
    content: bytes = b""
    filling: bytes = b"\0"

    def part(self, begin: int, end: int) -> bytes:
        """Return the replacing bytes for these positions of the file, all within the patch."""
        first, last = begin - self.start, end - self.start
        written = self.content[first:last]
        return written + self.filling * (last - first - len(written))


class OverlaidFile(io.RawIOBase):
    """A file seen through patches, which do not overlap. owned: it is closed together with this one."""

    def __init__(self, file: BinaryIO, patches: Sequence[Patch], *, owned: bool = False) -> None:
        self._file, self._owned = file, owned
        self._patches = sorted(patches)
        self._starts = [patch.start for patch in self._patches]

    def seekable(self) -> bool:
        """Return True."""
        return True

    def readable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move to a position of the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes, all that are left if it is negative."""
        begin = self._file.tell()
        found = bytearray(self._file.read(size))
        end = begin + len(found)
        number = max(bisect.bisect_right(self._starts, begin) - 1, 0)
        for patch in self._patches[number:]:
            if patch.start >= end:
                break
            first, last = max(patch.start, begin), min(patch.stop, end)
            if first < last:
                found[first - begin : last - begin] = patch.part(first, last)
        return bytes(found)

    def close(self) -> None:
        """Close it, and the file below if that is owned."""
        if self._owned:
            self._file.close()
        super().close()
