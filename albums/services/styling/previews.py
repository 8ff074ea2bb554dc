"""A small picture of a painting before it is painted, without a job."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from albums import imaging
from albums.exceptions import JobFailed, StyleCode
from albums.imaging.model_errors import ModelError
from albums.models import Image
from albums.services.jobs.kinds import Values
from albums.services.styling.painting import options_of, style_failure, style_layers
from albums.services.styling.sources import photo_pixels

PIXELS = 500_000
"""Half a megapixel takes about 0.6 s and 0.3 GB."""
PHOTO_SIDE = 1024

# Each preview occupies a core: others of the same process wait for it.
_ONE_AT_A_TIME = threading.BoundedSemaphore(1)
_LONGEST_WAIT = 8.0


def style_preview(
    *, image: Image, inputs: Values, options: Values, picture: NDArray[np.uint8] | None
) -> imaging.Encoded:
    """Return a JPEG of half a megapixel of the painting that a job with these values would make.

    picture: the style picture, None for a built-in style. Raises JobFailed, and ImageRefused for a photo that
    cannot be decoded.
    """
    # Imported late, as in `style_run`.
    from albums.imaging.effects import style as engine  # noqa: PLC0415 - see above

    wanted = options_of(options)
    photo = photo_pixels(image, max_side=PHOTO_SIDE)
    with _turn():
        try:
            style = style_layers(inputs, lambda: _required(picture))
            painted = engine.paint_preview(photo, style, wanted, pixels=PIXELS)
        except ModelError as error:
            raise style_failure(error) from error
    return imaging.encode_jpeg(painted)


def _required(picture: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    if picture is None:
        raise JobFailed(StyleCode.UNKNOWN)
    return picture


@contextmanager
def _turn() -> Iterator[None]:
    if not _ONE_AT_A_TIME.acquire(timeout=_LONGEST_WAIT):
        raise JobFailed(StyleCode.BUSY)
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()
