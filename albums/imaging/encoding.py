"""Encode arrays as JPEG."""

import io
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from albums.imaging.pixels import fitted

JPEG_QUALITY = 85


class Encoded(NamedTuple):
    """A JPEG file and the size of its picture in pixels."""

    data: bytes
    width: int
    height: int


def encode_jpeg(
    pixels: NDArray[np.uint8], *, max_side: int | None = None, quality: int = JPEG_QUALITY
) -> Encoded:
    """Encode uint8 (H, W, 3) sRGB as a baseline JPEG without EXIF, its long side at most `max_side`."""
    picture = Image.fromarray(pixels)
    if max_side and max(picture.size) > max_side:
        size = fitted(picture.size, max_side)
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=1.0)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Encoded(file.getvalue(), *picture.size)
