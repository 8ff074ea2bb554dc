"""WebP: the chunks that draw the picture stay; of EXIF the allowed tags, of XMP and all others nothing."""

import os
import struct
from typing import BinaryIO

from albums.imaging.cleaning.tiff import exif_cleaned, orientation_block
from albums.imaging.cleaning.xmp import empty_packet, xmp_orientation
from albums.imaging.overlay import Patch
from albums.imaging.structure.errors import UnclearStructure, checked_parts
from albums.imaging.structure.parts import Part, content_of, riff_parts

_DRAWS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"})
_EXIF, _XMP, _EMPTIED = b"EXIF", b"XMP ", b"JUNK"
_EXIF_PREFIX = b"Exif\0\0"
_EXTENDED, _SAYS_EXIF, _SAYS_XMP = b"VP8X", 0x08, 0x04
_LARGEST_BLOCK = 64 * 2**20


def webp_patches(file: BinaryIO) -> list[Patch]:
    """Return the patches of a WebP file. Raises UnclearStructure."""
    size = file.seek(0, os.SEEK_END)
    file.seek(4)
    end = min(struct.unpack("<I", file.read(4))[0] + 8, size)
    patches = [Patch(end, size)] if end < size else []
    chunks = list(checked_parts(riff_parts(file)))
    exif = next((chunk for chunk in chunks if chunk[0] == _EXIF), None)
    packet = next((chunk for chunk in chunks if chunk[0] == _XMP), None)
    orientation = xmp_orientation(_content(file, packet)) if packet else 1
    for chunk in chunks:
        kind, start, stop = chunk
        if chunk == exif:
            content = _content(file, chunk)
            prefix = len(_EXIF_PREFIX) if content.startswith(_EXIF_PREFIX) else 0
            cleaned = exif_cleaned(content[prefix:], orientation=orientation)
            patches.append(Patch(start + prefix, stop, cleaned))
        elif chunk == packet:
            # EXIF in its place, if XMP alone has the orientation; then the header must announce it.
            if exif is None and orientation != 1:
                patches.append(Patch(start - 8, start - 4, _EXIF))
                patches.append(Patch(start, stop, orientation_block(orientation, stop - start)))
                patches += _announcing_exif(file, chunks)
            else:
                patches.append(Patch(start, stop, empty_packet(stop - start)))
        elif kind not in _DRAWS:
            patches += [Patch(start - 8, start - 4, _EMPTIED), Patch(start, stop)]
    return sorted(patches)


def _content(file: BinaryIO, chunk: Part) -> bytes:
    if chunk.stop - chunk.start > _LARGEST_BLOCK:
        raise UnclearStructure("It has very large metadata.")
    return content_of(file, chunk)


def _announcing_exif(file: BinaryIO, chunks: list[Part]) -> list[Patch]:
    for kind, start, stop in chunks:
        if kind == _EXTENDED and stop > start:
            file.seek(start)
            flags = (file.read(1)[0] | _SAYS_EXIF) & ~_SAYS_XMP
            return [Patch(start, start + 1, bytes([flags]))]
    return []
