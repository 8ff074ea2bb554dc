"""Encode arrays as JPEG."""

import io
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from albums.imaging.pixels import fitted

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
    captured_at: datetime | None = None,
) -> Encoded:
    """Encode uint8 (H, W, 3) sRGB as a baseline JPEG, its long side at most `max_side`.

    captured_at: stored as EXIF, for a picture that is made of a photo; without it the file has no EXIF.
    """
    picture = Image.fromarray(pixels)
    if max_side and max(picture.size) > max_side:
        size = fitted(picture.size, max_side)
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=1.0)
    file = io.BytesIO()
    exif = _capture_exif(captured_at) if captured_at else b""
    picture.save(file, "JPEG", quality=quality, exif=exif)
    return Encoded(file.getvalue(), *picture.size)


def _capture_exif(captured_at: datetime) -> bytes:
    exif = Image.Exif()
    tags = exif.get_ifd(ExifTags.IFD.Exif)
    tags[ExifTags.Base.DateTimeOriginal] = captured_at.astimezone(UTC).strftime("%Y:%m:%d %H:%M:%S")
    tags[ExifTags.Base.OffsetTimeOriginal] = "+00:00"
    return exif.tobytes()
