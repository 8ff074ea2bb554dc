"""JPEG: the segments that draw the picture stay; of EXIF the allowed tags, of all others nothing.

What comes after the picture's end goes, too: the film of a moving photo, further pictures of the camera.
"""

import itertools
import os
import re
from collections.abc import Iterator
from typing import BinaryIO

from albums.imaging.cleaning.errors import check_parts
from albums.imaging.cleaning.tiff import exif_cleaned, orientation_block
from albums.imaging.cleaning.xmp import xmp_orientation
from albums.imaging.overlay import Patch

_EXIF, _XMP, _JFIF = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"JFIF\0"
_APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
# The colour profile, and how Adobe's programs store colours.
_DRAWN_WITH = {_APP2: b"ICC_PROFILE\0", _APP14: b"Adobe"}
_START, _END = 0xD8, 0xD9
# Markers without a length.
_BARE = frozenset({0x01, _START})
_JFIF_BYTES = 14
_CHUNK = 2**20
# Within the picture, a byte that looks like a marker is followed by a zero, and restarts are part of it.
_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")

_Segment = tuple[int, int, int]
"""Marker, and where the content begins and ends."""


def jpeg_patches(file: BinaryIO) -> list[Patch]:
    """Return the patches of a JPEG file. Raises CannotClean for too many segments.

    What is no segment holds no metadata.
    """
    size = file.seek(0, os.SEEK_END)
    patches: list[Patch] = []
    exif: bytes | None = None
    packets: list[_Segment] = []
    orientation, exif_at = 1, 0
    for segment in _segments(file, size):
        marker, start, stop = segment
        if marker == _END:
            patches.append(Patch(stop, size))
            break
        if not (_APP0 <= marker <= _APP15 or marker == _COMMENT):
            continue
        file.seek(start)
        content = file.read(stop - start)
        if marker == _APP1 and content.startswith(_EXIF) and exif is None:
            exif, exif_at = content[len(_EXIF) :], start + len(_EXIF)
        elif marker == _APP1 and content.startswith(_XMP):
            orientation = xmp_orientation(content)
            packets.append(segment)
        elif marker == _APP0 and content.startswith(_JFIF):
            if stop - start > _JFIF_BYTES:
                # Its thumbnail, whose width and height are the last bytes of the header.
                patches.append(Patch(start + _JFIF_BYTES - 2, stop))
        elif not (marker in _DRAWN_WITH and content.startswith(_DRAWN_WITH[marker])):
            patches.append(_emptied(segment))
    if exif is not None:
        patches.append(Patch(exif_at, exif_at + len(exif), exif_cleaned(exif, orientation=orientation)))
    elif packets and orientation != 1:
        _marker, start, stop = packets.pop()
        patches.append(Patch(start, stop, _EXIF + orientation_block(orientation, stop - start - len(_EXIF))))
    return sorted([*patches, *(_emptied(packet) for packet in packets)])


def jpeg_has_end(file: BinaryIO) -> bool:
    """Return True for a JPEG whose picture has its end. Raises CannotClean for too many segments."""
    size = file.seek(0, os.SEEK_END)
    return any(marker == _END for marker, _start, _stop in _segments(file, size))


def _emptied(segment: _Segment) -> Patch:
    """Make a segment one that no program reads, with zeros in it."""
    _marker, start, stop = segment
    return Patch(start - 3, stop, bytes([_APP15]) + (stop - start + 2).to_bytes(2, "big"))


def _segments(file: BinaryIO, size: int) -> Iterator[_Segment]:
    """Yield the segments up to the end of the picture, which comes last."""
    position = 2
    for count in itertools.count():
        check_parts(count)
        if (found := _next_marker(file, position)) is None:
            return
        marker, position = found
        if marker == _END:
            yield marker, position, position
            return
        if marker in _BARE:
            continue
        file.seek(position)
        length = int.from_bytes(file.read(2), "big")
        stop = position + max(length, 2)
        if stop > size:
            return  # cut in a segment, which draws nothing
        yield marker, position + 2, stop
        position = stop


def _next_marker(file: BinaryIO, position: int) -> tuple[int, int] | None:
    """Return the next marker and the position behind it, over bytes of the picture; None at the end."""
    while True:
        file.seek(position)
        chunk = file.read(_CHUNK)
        if found := _MARKER.search(chunk):
            return found[1][0], position + found.end()
        if len(chunk) < 2:
            return None
        # A marker may lie across two chunks.
        position += len(chunk) - 1
