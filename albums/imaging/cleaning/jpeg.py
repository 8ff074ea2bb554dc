"""JPEG: the segments that draw the picture stay; of EXIF the allowed tags, of all others nothing.

What comes after the picture's end goes, too: the film of a moving photo, further pictures of the camera.
"""

import os
from typing import BinaryIO

from albums.imaging.cleaning.tiff import exif_cleaned, orientation_block
from albums.imaging.cleaning.xmp import xmp_orientation
from albums.imaging.overlay import Patch
from albums.imaging.structure.errors import checked_parts
from albums.imaging.structure.parts import JPEG_END, Part, content_of, jpeg_parts

_EXIF, _XMP, _JFIF = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"JFIF\0"
_APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT = b"\xe0", b"\xe1", b"\xe2", b"\xee", b"\xef", b"\xfe"
# The colour profile, and how Adobe's programs store colours.
_DRAWN_WITH = {_APP2: b"ICC_PROFILE\0", _APP14: b"Adobe"}
_JFIF_BYTES = 14


def jpeg_patches(file: BinaryIO) -> list[Patch]:
    """Return the patches of a JPEG file. Raises UnclearStructure for too many segments.

    What is no segment holds no metadata.
    """
    size = file.seek(0, os.SEEK_END)
    patches: list[Patch] = []
    exif: bytes | None = None
    packets: list[Part] = []
    orientation, exif_at = 1, 0
    for segment in checked_parts(jpeg_parts(file)):
        marker, start, stop = segment
        if marker == JPEG_END:
            patches.append(Patch(stop, size))
            break
        if not (_APP0 <= marker <= _APP15 or marker == _COMMENT):
            continue
        content = content_of(file, segment)
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


def _emptied(segment: Part) -> Patch:
    """Make a segment one that no program reads, with zeros in it."""
    _marker, start, stop = segment
    return Patch(start - 3, stop, _APP15 + (stop - start + 2).to_bytes(2, "big"))
