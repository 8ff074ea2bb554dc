"""Byte ranges, so that an interrupted download can resume (RFC 9110, section 14)."""

import re
from typing import IO

from django.http import HttpRequest
from django.utils.http import parse_etags

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class RangeNotThere(Exception):
    """The range begins behind the end of the file, which has `size` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The file has {size} bytes.")
        self.size = size


def wanted_range(request: HttpRequest, *, size: int, etag: str) -> range | None:
    """Return the requested bytes; None for the whole file.

    The whole file also answers several ranges at once, which a server may ignore, an invalid range, and a
    client whose `If-Range` names another version of the file. Raises RangeNotThere.
    """
    found = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    only_if = request.headers.get("If-Range")
    if found is None or found.groups() == ("", "") or (only_if and parse_etags(only_if) != [etag]):
        return None
    first, last = found.groups()
    if not first:
        # The last bytes.
        wanted = range(max(size - int(last), 0), size)
    else:
        wanted = range(int(first), min(int(last) + 1, size) if last else size)
    if last and first and int(last) < int(first):
        return None
    if not wanted:
        raise RangeNotThere(size)
    return wanted


class FilePart:
    """A part of an open file, to read; the web server sends that of a file of the system by itself."""

    def __init__(self, file: IO[bytes], wanted: range) -> None:
        file.seek(wanted.start)
        self._file, self._left = file, len(wanted)

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, without it all that are left."""
        piece = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece

    def tell(self) -> int:
        """Return the position in the whole file."""
        return self._file.tell()

    def fileno(self) -> int:
        """Return the descriptor of the file. Raises io.UnsupportedOperation or AttributeError without one."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
