"""Tell a picture file that is still being written from a whole one, by its structure, without decoding."""

import itertools
import os
import struct
from collections.abc import Callable
from typing import BinaryIO

from albums.imaging.cleaning.errors import CannotClean
from albums.imaging.cleaning.jpeg import jpeg_has_end

_ZERO_TAIL = 512
_PNG_END, _GIF_END = b"IEND", b"\x3b"
_MOST_CHUNKS = 250_000


def looks_complete(file: BinaryIO) -> bool:
    """Return False for a file that is empty, lacks its end, or ends in zeros, as preallocated ones do.

    A file of another kind counts as complete: what it is, its reading tells.
    """
    size = file.seek(0, os.SEEK_END)
    if not size:
        return False
    file.seek(0)
    head = file.read(12)
    ended = next((ended for begin, ended in _ENDS if head.startswith(begin)), None)
    if ended is not None:
        return ended(file, size)
    if head[:4] == b"RIFF" and head[8:] == b"WEBP" and struct.unpack("<I", head[4:8])[0] + 8 > size:
        return False
    if head[4:8] == b"ftyp" and not _boxes_end(file, size):
        return False
    return not _zero_tail(file, size)


def _zero_tail(file: BinaryIO, size: int) -> bool:
    length = min(size // 4 + 1, _ZERO_TAIL)
    file.seek(size - length)
    return not any(file.read(length))


def _jpeg_ends(file: BinaryIO, _size: int) -> bool:
    try:
        return jpeg_has_end(file)
    except CannotClean:
        return True


def _png_ends(file: BinaryIO, size: int) -> bool:
    position = 8
    for _number in range(_MOST_CHUNKS):
        file.seek(position)
        header = file.read(8)
        if len(header) < 8:
            return False
        length, kind = struct.unpack(">I4s", header)
        position += 12 + length
        if kind == _PNG_END:
            return bool(position <= size)
        if not kind.isalpha():
            return False
    return True


def _gif_ends(file: BinaryIO, size: int) -> bool:
    # Some programs add zeros behind the end.
    length = min(size, _ZERO_TAIL)
    file.seek(size - length)
    return file.read(length).rstrip(b"\0").endswith(_GIF_END)


def _boxes_end(file: BinaryIO, size: int) -> bool:
    """True if the boxes of a HEIC or AVIF end where the file does, or before bytes that are no box."""
    position = 0
    for _number in itertools.repeat(None, _MOST_CHUNKS):
        file.seek(position)
        header = file.read(16)
        if len(header) < 8 or not header[4:8].isalnum():
            return position > 0 and (len(header) < 8 or any(header))
        length = struct.unpack(">I", header[:4])[0]
        if length == 1 and len(header) == 16:
            length = struct.unpack(">Q", header[8:])[0]
        if length == 0 or position + length == size:
            return True
        if length < 8 or position + length > size:
            return False
        position += length
    return True


_ENDS: tuple[tuple[bytes, Callable[[BinaryIO, int], bool]], ...] = (
    (b"\xff\xd8\xff", _jpeg_ends),
    (b"\x89PNG\r\n\x1a\n", _png_ends),
    (b"GIF8", _gif_ends),
)
