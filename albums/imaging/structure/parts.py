"""Segments of JPEG, chunks of PNG and of RIFF (WebP): where they lie."""

import itertools
import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND"
JPEG_START, JPEG_END = b"\xd8", b"\xd9"

# JPEG's markers without a length.
_BARE = frozenset({b"\x01", JPEG_START})
_PIECE = 2**20
# Of a PNG before what is looked for.
_MOST_CHUNKS = 10_000
# Within the picture, a byte that looks like a marker is followed by a zero, and restarts are part of it.
_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
_RIFF_HEADER_BYTES = 12


class Part(NamedTuple):
    """A segment or a chunk: its marker or type, and where its content begins and ends.

    The last one of a cut file may end behind the file's end.
    """

    kind: bytes
    start: int
    stop: int


def content_of(file: BinaryIO, part: Part, *, most: int | None = None) -> bytes:
    """Return the content of a part; of a longer one than `most`, its beginning."""
    file.seek(part.start)
    length = part.stop - part.start
    return file.read(length if most is None else min(length, most))


def pieces_of(file: BinaryIO, part: Part) -> Iterator[bytes]:
    """Yield the content of a part in pieces, as far as it is there."""
    file.seek(part.start)
    left = part.stop - part.start
    while left and (piece := file.read(min(left, _PIECE))):
        yield piece
        left -= len(piece)


def png_parts(file: BinaryIO) -> Iterator[Part]:
    """Yield the chunks of a PNG up to its end."""
    position = len(PNG_SIGNATURE)
    while True:
        file.seek(position)
        header = file.read(8)
        if len(header) < 8:
            return
        length, kind = struct.unpack(">I4s", header)
        part = Part(kind, position + 8, position + 8 + length)
        yield part
        if kind == PNG_END:
            return
        position = part.stop + 4  # its checksum


def png_chunk(file: BinaryIO, kind: bytes, length: int) -> bytes | None:
    """Return the content of the first chunk of a kind that has this length, or None."""
    file.seek(0)
    if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
        return None
    for part in itertools.islice(png_parts(file), _MOST_CHUNKS):
        if part.kind == kind and part.stop - part.start == length:
            content = content_of(file, part)
            return content if len(content) == length else None
    return None


def riff_parts(file: BinaryIO) -> Iterator[Part]:
    """Yield the chunks of a WebP."""
    size = file.seek(0, os.SEEK_END)
    file.seek(4)
    end = min(struct.unpack("<I", file.read(4))[0] + 8, size)
    position = _RIFF_HEADER_BYTES
    while position + 8 <= end:
        file.seek(position)
        kind, length = struct.unpack("<4sI", file.read(8))
        position += 8
        yield Part(kind, position, min(position + length, end))
        position += length + length % 2


def jpeg_parts(file: BinaryIO) -> Iterator[Part]:
    """Yield the segments of a JPEG up to the end of its picture, which comes last."""
    size = file.seek(0, os.SEEK_END)
    position = 2
    while found := _next_marker(file, position):
        marker, position = found
        if marker == JPEG_END:
            yield Part(marker, position, position)
            return
        if marker in _BARE:
            continue
        file.seek(position)
        stop = position + max(int.from_bytes(file.read(2), "big"), 2)
        if stop > size:
            return  # cut in a segment, which draws nothing
        yield Part(marker, position + 2, stop)
        position = stop


def _next_marker(file: BinaryIO, position: int) -> tuple[bytes, int] | None:
    """Return the next marker and the position behind it, over bytes of the picture; None at the end."""
    while True:
        file.seek(position)
        piece = file.read(_PIECE)
        if found := _MARKER.search(piece):
            return found[1], position + found.end()
        if len(piece) < 2:
            return None
        # A marker may lie across two pieces.
        position += len(piece) - 1
