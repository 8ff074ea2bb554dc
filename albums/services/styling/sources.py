"""Sources of a job's style: built in, an uploaded picture, a photo, or a link.

The inputs of such a job are "image", the id of the photo that is painted; "source", a `StyleSource`; and one
of "style" (the slug of a built-in style), "style_image" (the id of a photo) and "style_link". An uploaded
picture is the job's file `STYLE_FILE`.
"""

import io
from enum import StrEnum

import numpy as np
from django.contrib.auth.models import User
from numpy.typing import NDArray

from albums import imaging
from albums.exceptions import JobCode, JobFailed, PictureLinkCode, PictureLinkError, StyleCode
from albums.models import Image
from albums.services.core.limits import image_limits
from albums.services.core.originals import photo_pixels
from albums.services.fetching.links import link_parse
from albums.services.fetching.pictures import links_allowed, picture_fetch
from albums.services.jobs.context import JobContext
from albums.services.jobs.kinds import Values
from albums.services.styling.styles import builtin_style_named

STYLE_FILE = "style"

STYLE_SIDE = 1024
"""Pixels of the long side of a style picture. The fast engine looks at 256."""


class StyleSource(StrEnum):
    """The source of a style."""

    BUILTIN = "builtin"
    UPLOAD = "upload"
    PHOTO = "photo"
    LINK = "link"


def source_check(owner: User, inputs: Values) -> None:
    """Raise JobFailed unless the owner may paint this photo in this style."""
    _photo_check(owner, inputs.get("image"))
    match inputs.get("source"):
        case StyleSource.BUILTIN:
            builtin_style_named(inputs.get("style"))
        case StyleSource.PHOTO:
            _photo_check(owner, inputs.get("style_image"))
        case StyleSource.LINK:
            _link_check(inputs.get("style_link"))
        case StyleSource.UPLOAD:
            pass
        case _:
            raise JobFailed(StyleCode.UNKNOWN)


def style_picture(context: JobContext, *, max_side: int = STYLE_SIDE) -> NDArray[np.uint8]:
    """Return the style picture of a job whose style is not built in, uint8 (height, width, 3), RGB.

    A link is fetched, which takes up to 10 seconds. Raises JobFailed, and ImageRefused for a bad picture.
    """
    match context.inputs.get("source"):
        case StyleSource.PHOTO:
            return photo_pixels(context.image("style_image"), max_side=max_side)
        case StyleSource.UPLOAD:
            content = context.input(STYLE_FILE)
        case StyleSource.LINK:
            content = _fetched(str(context.inputs["style_link"]))
        case _:
            raise JobFailed(StyleCode.UNKNOWN)
    return picture_pixels(content, max_side=max_side)


def picture_pixels(content: bytes, *, max_side: int = STYLE_SIDE) -> NDArray[np.uint8]:
    """Return the picture in a file, upright, uint8 (height, width, 3), RGB. Raises ImageRefused."""
    return imaging.decode(io.BytesIO(content), max_side=max_side, limits=image_limits())


def _fetched(link: str) -> bytes:
    try:
        return picture_fetch(link).content
    except PictureLinkError as error:
        raise JobFailed(str(error.code), error.values) from error


def _photo_check(owner: User, key: object) -> None:
    photos = Image.objects.visible_to(owner).ready()
    if not isinstance(key, int) or not photos.filter(pk=key).exists():
        raise JobFailed(JobCode.PHOTO_GONE)


def _link_check(link: object) -> None:
    if not links_allowed():
        raise JobFailed(PictureLinkCode.OFF)
    try:
        link_parse(str(link or ""))
    except PictureLinkError as error:
        raise JobFailed(str(error.code), error.values) from error
