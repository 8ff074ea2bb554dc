"""GIF: comments and application blocks go, but for those of the animation and of the colour profile."""

import os
from typing import BinaryIO

from albums.imaging.overlay import Patch
from albums.imaging.structure.errors import check_parts

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_COMMENT, _APPLICATION = 0xFE, 0xFF
_DRAWN_WITH = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
_HEADER_BYTES, _IMAGE_BYTES = 13, 9
_LONGEST_BLOCK = 255


def gif_patches(file: BinaryIO) -> list[Patch]:
    """Return the patches of a GIF file. Raises UnclearStructure for too many blocks.

    What no block leads to is overwritten.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    header = file.read(_HEADER_BYTES)
    _skip_colours(file, header[10] if len(header) == _HEADER_BYTES else 0)
    patches: list[Patch] = []
    while kind := file.read(1):
        check_parts(len(patches))
        begin = file.tell() - 1
        if kind[0] == _IMAGE:
            described = file.read(_IMAGE_BYTES)
            _skip_colours(file, described[8] if len(described) == _IMAGE_BYTES else 0)
            file.seek(1, os.SEEK_CUR)
            _skip_blocks(file)
        elif kind[0] == _EXTENSION:
            label, name = file.read(1), _first_block(file)
            _skip_blocks(file)
            end = min(file.tell(), size)
            if label == bytes([_COMMENT]) or (
                label == bytes([_APPLICATION]) and not name.startswith(_DRAWN_WITH)
            ):
                patches.append(_emptied(begin, end))
        elif kind[0] == _TRAILER:
            patches.append(Patch(begin + 1, size))
            break
        # Other bytes between the blocks are skipped, as decoders do.
    return patches


def _skip_colours(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << (flags & 0x07) + 1, os.SEEK_CUR)


def _first_block(file: BinaryIO) -> bytes:
    """The first block of an extension, which is not skipped."""
    begin = file.tell()
    length = file.read(1)
    block = file.read(length[0]) if length else b""
    file.seek(begin)
    return block


def _skip_blocks(file: BinaryIO) -> None:
    while (length := file.read(1)) and length[0]:
        file.seek(length[0], os.SEEK_CUR)


def _emptied(begin: int, end: int) -> Patch:
    """A comment of spaces, which fills the place of an extension to its last byte, the end of its blocks."""
    content = bytearray([_EXTENSION, _COMMENT])
    left = end - begin - 3
    while left > 0:
        length = min(left - 1, _LONGEST_BLOCK)
        if left - 1 - length == 1:
            length -= 1  # no block has only a length
        content += bytes([length]) + b" " * length
        left -= length + 1
    return Patch(begin, end, bytes(content))
