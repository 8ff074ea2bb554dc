"""Originals without their position, serial numbers and texts."""

from typing import IO, BinaryIO, cast

from django.core.files.base import File

from albums.imaging.cleaning import UnclearStructure, cleaning_patches
from albums.imaging.overlay import OverlaidFile

# Of these every real file can be cleaned; to find the end of a JPEG's pixels it must be read to there.
ALWAYS_CLEANED = frozenset({"image/jpeg", "image/bmp"})


def cleaned_file(file: "File[bytes]") -> IO[bytes]:
    """Return an open file without its private metadata, and as long as it is; closing it closes the file.

    Raises UnclearStructure, and closes the file then.
    """
    content = cast("BinaryIO", file.file)
    try:
        patches = cleaning_patches(content)
    except BaseException:
        file.close()
        raise
    return cast("IO[bytes]", OverlaidFile(content, patches, owned=True))


def can_clean(file: "File[bytes]") -> bool:
    """Return True for an open file that can be cleaned."""
    try:
        cleaning_patches(cast("BinaryIO", file.file))
    except UnclearStructure:
        return False
    return True
