"""Tell a picture file that is still being written from a whole one, by its structure, without decoding."""

import itertools
import os
import struct
from collections.abc import Callable
from typing import BinaryIO

from albums.imaging.structure.errors import MOST_PARTS, UnclearStructure, checked_parts
from albums.imaging.structure.parts import JPEG_END, PNG_END, PNG_SIGNATURE, jpeg_parts, png_parts

_ZERO_TAIL = 512
_GIF_END = b"\x3b"


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
        return any(part.kind == JPEG_END for part in checked_parts(jpeg_parts(file)))
    except UnclearStructure:
        return True


def _png_ends(file: BinaryIO, size: int) -> bool:
    for count, part in enumerate(png_parts(file)):
        if part.kind == PNG_END:
            return part.stop + 4 <= size
        if not part.kind.isalpha():
            return False
        if count > MOST_PARTS:
            return True
    return False


def _gif_ends(file: BinaryIO, size: int) -> bool:
    # Some programs add zeros behind the end.
    length = min(size, _ZERO_TAIL)
    file.seek(size - length)
    return file.read(length).rstrip(b"\0").endswith(_GIF_END)


def _boxes_end(file: BinaryIO, size: int) -> bool:
    """True if the boxes of a HEIC or AVIF end where the file does, or before bytes that are no box."""
    position = 0
    for _number in itertools.repeat(None, MOST_PARTS):
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
    (PNG_SIGNATURE, _png_ends),
    (b"GIF8", _gif_ends),
)
