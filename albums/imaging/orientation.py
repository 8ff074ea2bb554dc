"""The orientation of a picture: in EXIF, in XMP where EXIF has none, and turned further by its owner."""

import struct

from PIL import ExifTags, Image

# What Pillow raises for EXIF that is cut short or refers to itself.
EXIF_ERRORS = (
    OSError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, ArithmeticError,
    struct.error,
)  # fmt: skip

TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

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
    return value if isinstance(value, int) and value in TRANSPOSES else 1


def orientation_turned(orientation: int, turns: int) -> int:
    """The orientation, 1 to 8, of a picture that is also turned clockwise by quarter turns."""
    for _ in range(turns % 4):
        orientation = _TURNED[orientation]
    return orientation


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
