"""Encode arrays as JPEG."""

import io
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from albums.imaging.capture import Capture
from albums.imaging.pixels import fitted
from albums.imaging.shrinking import shrunk

JPEG_QUALITY = 85


class Encoded(NamedTuple):
    """A JPEG file and the size of its picture in pixels."""

    data: bytes
    width: int
    height: int


def encode_jpeg(
    pixels: NDArray[np.uint8],
    *,
    max_side: int | None = None,
    quality: int = JPEG_QUALITY,
    captured: Capture | None = None,
) -> Encoded:
    """Encode uint8 (H, W, 3) sRGB as a baseline JPEG, its long side at most `max_side`.

    captured: stored as EXIF, for a picture that is made of a photo; without it the file has no EXIF.
    """
    height, width = pixels.shape[:2]
    if max_side and max(width, height) > max_side:
        pixels = shrunk(pixels, fitted((width, height), max_side))
    picture = Image.fromarray(pixels)
    file = io.BytesIO()
    exif = _capture_exif(captured) if captured else b""
    picture.save(file, "JPEG", quality=quality, exif=exif)
    return Encoded(file.getvalue(), *picture.size)


def _capture_exif(captured: Capture) -> bytes:
    exif = Image.Exif()
    tags = exif.get_ifd(ExifTags.IFD.Exif)
    # An unknown time is blank in EXIF.
    text = captured.clock.strftime("%Y:%m:%d %H:%M:%S" if captured.has_time else "%Y:%m:%d   :  :  ")
    tags[ExifTags.Base.DateTimeOriginal] = text
    if captured.offset_text:
        tags[ExifTags.Base.OffsetTimeOriginal] = captured.offset_text
    return exif.tobytes()
