"""PNG: the chunks that draw the picture stay; of EXIF the allowed tags, of texts and all others nothing."""

import os
import re
import struct
import zlib
from typing import BinaryIO

from albums.imaging.cleaning.tiff import (
    ORIENTATION_BYTES,
    exif_cleaned,
    exif_orientation,
    orientation_block,
)
from albums.imaging.cleaning.xmp import xmp_orientation
from albums.imaging.overlay import Patch
from albums.imaging.structure.errors import checked_parts
from albums.imaging.structure.parts import PNG_END, Part, content_of, png_parts

# Type, length and checksum.
_FRAME_BYTES = 12
_DRAWS = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV",
        b"cLLI", b"sBIT", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
    }
)  # fmt: skip
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
# Of no meaning to any program, which all ignore it.
_EMPTIED = b"loSt"
_EXIF, _EXIF_PREFIX = b"eXIf", b"Exif\0\0"
_LARGEST_TEXT = 4 * 2**20
_HEX = re.compile(rb"exif\s+\d+\s+([0-9a-fA-F\s]+)")


def png_patches(file: BinaryIO) -> list[Patch]:
    """Return the patches of a PNG file. Raises UnclearStructure for too many chunks.

    What is no chunk holds no metadata.
    """
    size = file.seek(0, os.SEEK_END)
    patches: list[Patch] = []
    exif: Part | None = None
    texts: list[Part] = []
    orientation, end = 1, size
    for chunk in checked_parts(png_parts(file)):
        kind, _start, stop = chunk
        if stop + 4 > size:
            break  # cut in a chunk
        if kind == PNG_END:
            end = stop + 4
        elif kind == _EXIF and exif is None:
            exif = chunk
        elif kind in _TEXTS:
            orientation = max(
                orientation, _text_orientation(kind, content_of(file, chunk, most=_LARGEST_TEXT))
            )
            texts.append(chunk)
        elif kind not in _DRAWS:
            patches += _emptied(chunk)
    if end < size:
        patches.append(Patch(end, size))
    if exif is not None:
        patches += _cleaned(exif, content_of(file, exif, most=_LARGEST_TEXT), orientation)
    elif orientation != 1 and (room := next((text for text in texts if _holds(text)), None)):
        texts.remove(room)
        patches += _with_orientation(room, orientation)
    return sorted([*patches, *(patch for text in texts for patch in _emptied(text))])


def _replaced(kind: bytes, start: int, stop: int, content: bytes) -> list[Patch]:
    """A chunk with another type and content; the rest of it becomes zeros."""
    checksum = zlib.crc32(content, zlib.crc32(kind))
    left = stop - start - len(content)
    while left > 0:
        checksum = zlib.crc32(bytes(min(left, 2**20)), checksum)
        left -= 2**20
    return [Patch(start - 4, stop, kind + content), Patch(stop, stop + 4, struct.pack(">I", checksum))]


def _emptied(chunk: Part) -> list[Patch]:
    return _replaced(_EMPTIED, *chunk[1:], b"")


def _cleaned(chunk: Part, content: bytes, orientation: int) -> list[Patch]:
    _kind, start, stop = chunk
    prefix = len(_EXIF_PREFIX) if content.startswith(_EXIF_PREFIX) else 0
    cleaned = exif_cleaned(content[prefix:], orientation=orientation)
    if not any(cleaned):
        return _emptied(chunk)
    return _replaced(_EXIF, start, stop, content[:prefix] + cleaned)


def _holds(chunk: Part) -> bool:
    """True if there is room for a chunk with the orientation, and an empty one after it."""
    return chunk[2] - chunk[1] >= ORIENTATION_BYTES + _FRAME_BYTES


def _with_orientation(chunk: Part, orientation: int) -> list[Patch]:
    """Two chunks in place of one: EXIF with the orientation, and an empty one."""
    _kind, start, stop = chunk
    block = orientation_block(orientation, ORIENTATION_BYTES)
    middle = start + len(block)
    first = Patch(start - 8, start - 4, struct.pack(">I", len(block)))
    second = struct.pack(">I", stop - middle - _FRAME_BYTES)
    return [
        first,
        *_replaced(_EXIF, start, middle, block),
        Patch(middle + 4, middle + 8, second),
        *_replaced(_EMPTIED, middle + _FRAME_BYTES, stop, b""),
    ]


def _text_orientation(kind: bytes, content: bytes) -> int:
    """The orientation in a text: XMP, or EXIF that ImageMagick wrote as hexadecimal digits."""
    keyword, _nul, text = content.partition(b"\0")
    if kind == b"zTXt" or (kind == b"iTXt" and text[:1] == b"\1"):
        packed = text[1:] if kind == b"zTXt" else text[2:].split(b"\0", 2)[-1]
        try:
            text = zlib.decompressobj().decompress(packed, _LARGEST_TEXT)
        except zlib.error:
            return 1
    if keyword == b"Raw profile type exif" and (found := _HEX.search(text)):
        digits = b"".join(found[1].split())
        block = bytes.fromhex(digits[: len(digits) & ~1].decode())
        return exif_orientation(block.removeprefix(_EXIF_PREFIX)) or 1
    return xmp_orientation(text)
