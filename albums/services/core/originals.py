"""Open the originals of photos, and decode them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from albums import imaging
from albums.exceptions import ImageRefused, RefusalCode
from albums.imaging.decoding import NEAR_ENOUGH, Side
from albums.models import Image, Rendition
from albums.services.core.limits import image_limits
from albums.storage import rendition_name

logger = logging.getLogger(__name__)


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


def shrunk_photo_pixels(image: Image, *, max_side: Side) -> NDArray[np.uint8]:
    """Return a stored photo as `photo_pixels` does, from its preview where that has as many pixels.

    To decode a photo of 12 megapixels takes three times as long as its preview. Raises ImageRefused.
    """
    size = image.width or 0, image.height or 0
    wanted = max_side(*size) if callable(max_side) else max_side
    if wanted and wanted < max(size):
        pixels = _preview_pixels(image, wanted)
        if pixels is not None and max(pixels.shape) >= wanted * NEAR_ENOUGH:
            return pixels
    return photo_pixels(image, max_side=max_side)


def _preview_pixels(image: Image, side: int) -> NDArray[np.uint8] | None:
    # By the name for the turns of `image`: the row may belong to a photo that was turned since.
    name = rendition_name(Rendition(image=image, kind=Rendition.Kind.PREVIEW), "")
    try:
        with Rendition.file.field.storage.open(name, "rb") as preview:
            return imaging.decode(cast("BinaryIO", preview.file), max_side=side, limits=image_limits())
    except FileNotFoundError:
        return None
    except ImageRefused as refusal:
        logger.warning("The preview of image %s cannot be read: %s", image.pk, refusal.code)
        return None
