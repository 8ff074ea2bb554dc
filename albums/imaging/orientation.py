"""The orientation of a picture: in EXIF, in XMP where EXIF has none, and turned further by its owner."""

import struct

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

# What Pillow raises for EXIF that is cut short or refers to itself.
EXIF_ERRORS = (
    OSError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, ArithmeticError,
    struct.error,
)  # fmt: skip

# An orientation -> whether rows and columns change places, and how the result is flipped, as OpenCV counts.
_STEPS: dict[int, tuple[bool, int | None]] = {
    1: (False, None), 2: (False, 1), 3: (False, -1), 4: (False, 0),
    5: (True, None), 6: (True, 1), 7: (True, -1), 8: (True, 0),
}  # fmt: skip

# An orientation -> that of the same picture, turned clockwise by a quarter turn.
_TURNED = {1: 6, 6: 3, 3: 8, 8: 1, 2: 7, 7: 4, 4: 5, 5: 2}


def orientation_of(picture: Image.Image) -> int:
    """The orientation, 1 to 8; 1 when there is none or it is not a legal value.

    Formats that turn the picture themselves (TIFF in Pillow, HEIF in pillow-heif) take the tag away when they
    do, so that this is always what is left to turn.
    """
    try:
        value = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except EXIF_ERRORS:
        return 1
    return value if isinstance(value, int) and value in _STEPS else 1


def orientation_turned(orientation: int, turns: int) -> int:
    """The orientation, 1 to 8, of a picture that is also turned clockwise by quarter turns."""
    for _ in range(turns % 4):
        orientation = _TURNED[orientation]
    return orientation


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Return an array (height, width, 3) of its own, brought upright from an orientation, 1 to 8.

    OpenCV: Pillow takes three times as long. numpy allocates, since its MemoryError is a refusal.
    """
    transposed, flipped = _STEPS[orientation]
    if not transposed and flipped is None:
        return pixels.copy()
    if transposed:
        turned = np.empty((pixels.shape[1], pixels.shape[0], *pixels.shape[2:]), np.uint8)
        cv2.transpose(pixels, turned)
        pixels = turned
    if flipped is not None:
        turned = np.empty_like(pixels)
        cv2.flip(pixels, flipped, turned)
        pixels = turned
    return pixels


def browser_turns_otherwise(picture: Image.Image) -> bool:
    """Return True for a picture that browsers may show turned otherwise than `orientation_of` says.

    All of them turn a JPEG by its EXIF. None reads XMP, and they differ about EXIF in other formats.
    """
    orientation = orientation_of(picture)
    if picture.format not in {"JPEG", "MPO"}:
        return orientation != 1
    own = Image.Exif()
    try:
        own.load(picture.info.get("exif") or b"")
        turn: int = own.get(ExifTags.Base.Orientation, 1)
    except EXIF_ERRORS:
        return True
    return turn != orientation
