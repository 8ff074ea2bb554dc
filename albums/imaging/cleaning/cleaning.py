"""The patches that clean a picture file, by its format."""

import itertools
import re
from collections.abc import Callable
from typing import BinaryIO

from albums.imaging.cleaning.gif import gif_patches
from albums.imaging.cleaning.heif import heif_patches
from albums.imaging.cleaning.jpeg import jpeg_patches
from albums.imaging.cleaning.png import png_patches
from albums.imaging.cleaning.tiff import tiff_patches
from albums.imaging.cleaning.webp import webp_patches
from albums.imaging.overlay import Patch
from albums.imaging.structure.errors import UnclearStructure

_HEAD_BYTES = 12
# What files of a format begin with, after bytes that differ, and what cleans them.
_FORMATS: tuple[tuple[bytes, Callable[[BinaryIO], list[Patch]]], ...] = (
    (rb"\xff\xd8", jpeg_patches),
    (rb"\x89PNG\r\n\x1a\n", png_patches),
    (rb"GIF8", gif_patches),
    (rb"II\*\0|MM\0\*", tiff_patches),
    (rb"RIFF....WEBP", webp_patches),
    (rb"....ftyp", heif_patches),
    (rb"BM", lambda _file: []),  # BMP has no room for metadata
)


def cleaning_patches(file: BinaryIO) -> list[Patch]:
    """Return the patches that take the private metadata out of a picture file.

    Raises UnclearStructure when the file does not show where all its metadata is, as every real JPEG, PNG
    and GIF does.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    patches_of = next((one for begin, one in _FORMATS if re.match(begin, head, re.DOTALL)), None)
    if patches_of is None:
        raise UnclearStructure("The format is not known.")
    try:
        patches = sorted(set(patches_of(file)))
    finally:
        file.seek(0)
    if any(one.stop > other.start for one, other in itertools.pairwise(patches)):
        raise UnclearStructure("Some of its parts lie across each other.")
    return patches
