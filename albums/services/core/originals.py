"""Open the originals of photos, and decode them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from albums import imaging
from albums.exceptions import ImageRefused, RefusalCode
from albums.imaging.decoding import Side
from albums.models import Image
from albums.services.core.limits import image_limits


@contextmanager
def original_file(image: Image) -> Iterator[BinaryIO]:
    """Open the original of an image. Raises ImageRefused when it is missing, OSError from the storage."""
    try:
        with image.original.open("rb") as original:
            yield cast("BinaryIO", original.file)
    except FileNotFoundError as error:
        detail = "The original is no longer in the storage; import it again."
        raise ImageRefused(RefusalCode.MISSING, detail) from error


def photo_pixels(image: Image, *, max_side: Side = None) -> NDArray[np.uint8]:
    """Return a stored photo as it is shown, uint8 (height, width, 3), RGB. Raises ImageRefused."""
    with original_file(image) as original:
        return imaging.decode(original, max_side=max_side, limits=image_limits(), turns=image.turns)
