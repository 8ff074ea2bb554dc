"""A small picture of a painting before it is painted, without a job."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from albums.exceptions import JobFailed, PicturesBusy, StyleCode
from albums.imaging import Encoded, Limits
from albums.imaging.effects.previews import BuiltinNetwork, PictureNetwork, painted_file
from albums.imaging.model_errors import ModelError
from albums.models import Image
from albums.services.core.installed_models import installed_model
from albums.services.core.isolation import isolated
from albums.services.core.limits import image_limits
from albums.services.core.originals import original_file
from albums.services.jobs.kinds import Values
from albums.services.styling.painting import options_of, style_failure
from albums.services.styling.sources import STYLE_SIDE, StyleSource
from albums.services.styling.styles import builtin_style_named

PIXELS = 500_000
"""Half a megapixel takes about 0.6 s and 0.3 GB."""
PHOTO_SIDE = 1024

# Each preview occupies a core: others of the same process wait for it.
_ONE_AT_A_TIME = threading.BoundedSemaphore(1)
_LONGEST_WAIT = 8.0


@dataclass(frozen=True, slots=True)
class StylePicture:
    """The file of a style picture, with its limits, and the turns of a photo."""

    file: BinaryIO
    limits: Limits
    turns: int = 0


def style_preview(*, image: Image, inputs: Values, options: Values, picture: StylePicture | None) -> Encoded:
    """Return a JPEG of half a megapixel of the painting that a job with these values would make.

    picture: the style picture, None for a built-in style. Raises JobFailed, and ImageRefused for a photo that
    cannot be decoded.
    """
    wanted = options_of(options)
    with _turn(), original_file(image) as photo:
        try:
            return isolated(
                painted_file,
                files=[photo] if picture is None else [photo, picture.file],
                network=_network(inputs, picture),
                options=wanted,
                pixels=PIXELS,
                max_side=PHOTO_SIDE,
                turns=image.turns,
                limits=image_limits(),
            )
        except ModelError as error:
            raise style_failure(error) from error
        except PicturesBusy as error:
            raise JobFailed(StyleCode.BUSY) from error


def _network(inputs: Values, picture: StylePicture | None) -> BuiltinNetwork | PictureNetwork:
    if inputs["source"] == StyleSource.BUILTIN:
        return BuiltinNetwork(installed_model("style_builtin"), builtin_style_named(inputs["style"]).number)
    if picture is None:
        raise JobFailed(StyleCode.UNKNOWN)
    reader, painter = installed_model("style_reader"), installed_model("style_painter")
    return PictureNetwork(reader, painter, picture.limits, STYLE_SIDE, picture.turns)


@contextmanager
def _turn() -> Iterator[None]:
    if not _ONE_AT_A_TIME.acquire(timeout=_LONGEST_WAIT):
        raise JobFailed(StyleCode.BUSY)
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()
