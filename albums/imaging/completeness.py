"""Compare what a header promises with what the file holds: pixels that its decoder made up without a word.

libjpeg goes on with the last colour where the data ends, zlib leaves rows black, the screen of a GIF may be
much larger than its picture, and libavif enlarges a picture to the size in the header. Only a PNG or
JPEG whose last row has a single colour is looked at twice.
"""

import io
import operator
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from PIL import Image

from albums.imaging.damage import pixels_digest, scan_filling
from albums.imaging.structure.avif import avif_sizes
from albums.imaging.structure.parts import PNG_SIGNATURE, content_of, pieces_of, png_parts

# A screen may leave room around its first frame, but hardly a picture of 320 x 240 on 14,000 x 14,000.
_MOST_SCREENS = 64
# Larger JPEG files are taken as they are: three of them would stand in memory.
_LARGEST_JPEG = 64 * 2**20
_PIECE = 2**20
# By PNG's colour types: channels.
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# First column and row of each pass of an interlaced PNG, and the steps to the next.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))

_HEADER_MARKER = re.compile(rb"\xff([\xc0-\xcf\xda-\xfe])")
# Within a scan, FF 00 is a byte of the picture and FF D0 to FF D7 separate parts of it.
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SCAN, _END = 0xDA, 0xD9

Reopened = Callable[[BinaryIO], Image.Image]
"""Opens and loads a changed file as the picture was."""


def header_too_large(picture: Image.Image, file: BinaryIO | None) -> bool:
    """Return True for an opened GIF or AVIF whose header says much more than its data."""
    if picture.format == "AVIF" and file is not None:
        return any(any(map(operator.gt, *sizes)) for sizes in avif_sizes(file))
    tiles = getattr(picture, "tile", None)
    if picture.format != "GIF" or not tiles:
        return False
    left, top, right, bottom = (int(edge) for edge in tiles[0][1])
    return picture.width * picture.height > _MOST_SCREENS * max(1, (right - left) * (bottom - top))


def pixels_missing(picture: Image.Image, file: BinaryIO, reopened: Reopened) -> bool:
    """Return True if the file of a loaded PNG or JPEG ends before its picture does."""
    if picture.format == "PNG":
        interlaced = bool(picture.info.get("interlace"))
        return (interlaced or _last_row_even(picture)) and _png_too_short(file)
    if picture.format in {"JPEG", "MPO"}:
        return _last_row_even(picture) and _jpeg_too_short(picture, file, reopened)
    return False


def _last_row_even(picture: Image.Image) -> bool:
    extrema = picture.crop((0, picture.height - 1, picture.width, picture.height)).getextrema()
    bands = extrema if isinstance(extrema[0], tuple) else (extrema,)
    return all(low == high for low, high in bands)


def _png_too_short(file: BinaryIO) -> bool:
    """Unpack the rows of a PNG, and return True if there are too few bytes."""
    file.seek(0)
    if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
        return False
    wanted, found = 0, 0
    unpacker = zlib.decompressobj()
    for part in png_parts(file):
        if part.kind == b"IHDR":
            wanted = _png_bytes(content_of(file, part))
        elif part.kind == b"IDAT":
            for piece in pieces_of(file, part):
                left = piece
                while left and not unpacker.eof:
                    try:
                        found += len(unpacker.decompress(left, _PIECE))
                    except zlib.error:
                        return False  # only behind the last row: anywhere else the decoder has refused it
                    left = unpacker.unconsumed_tail
    return found < wanted


def _png_bytes(header: bytes) -> int:
    """Return the number of bytes of all rows, each with the byte of its filter."""
    width, height, bits, colour, _compression, _filter, interlaced = struct.unpack(">IIBBBBB", header[:13])
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = max(0, -(-(width - left) // across)), max(0, -(-(height - top) // down))
        total += rows * (1 + -(-columns * bits * _CHANNELS[colour] // 8)) if columns else 0
    return total


def _jpeg_too_short(picture: Image.Image, file: BinaryIO, reopened: Reopened) -> bool:
    """Return True if other bits at the end of a scan make another picture: its decoder still wanted some."""
    file.seek(0)
    content = file.read(_LARGEST_JPEG + 1)
    scans = list(_scans(content)) if len(content) <= _LARGEST_JPEG else []
    if not scans:
        return False
    digest = pixels_digest(picture)
    # The first scan of a progressive one has the colours, the last the finest detail.
    for begin, end in {scans[0], scans[-1]}:
        changed = content[:end] + scan_filling(content[begin:end]) + content[end:]
        if pixels_digest(reopened(io.BytesIO(changed))) != digest:
            return True
    return False


def _scans(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the scans of the first picture in a JPEG begin and end."""
    position = 2
    while found := _HEADER_MARKER.search(content, position):
        kind, position = found[1][0], found.end()
        if kind == _END:
            return
        position += int.from_bytes(content[position : position + 2])
        if kind == _SCAN:
            if (end := _SCAN_END.search(content, position)) is None:
                return
            yield position, end.start()
            position = end.start()
