"""Chunks of a PNG that Pillow does not read."""

import struct
from typing import BinaryIO

from albums.imaging.damage import PNG_SIGNATURE

_MOST_CHUNKS = 10_000


def png_chunk(file: BinaryIO, kind: bytes, length: int) -> bytes | None:
    """Return the content of the first chunk of a kind that has this length, or None."""
    file.seek(0)
    if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
        return None
    for _number in range(_MOST_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            return None
        size, found = struct.unpack(">I4s", header)
        if found == kind and size == length:
            content = file.read(length)
            return content if len(content) == length else None
        file.seek(size + 4, 1)
    return None
