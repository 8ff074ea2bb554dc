"""Byte ranges, so that an interrupted download can resume (RFC 9110, section 14)."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpRequest
from django.utils.http import parse_etags

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
AT_ONCE = 2**16


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


def part_of(file: IO[bytes], wanted: range) -> Iterator[bytes]:
    """Yield the bytes in chunks; closes the file at the end."""
    with file:
        file.seek(wanted.start)
        left = len(wanted)
        while left and (piece := file.read(min(left, AT_ONCE))):
            left -= len(piece)
            yield piece
