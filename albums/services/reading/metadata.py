"""What files say of their photos, written into the rows: while they are read, or later."""

import logging
from typing import BinaryIO, cast

from django.db import transaction

from albums import imaging
from albums.exceptions import ImageRefused
from albums.imaging import Metadata
from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.services.core.limits import image_limits
from albums.services.reading.places import place_of

logger = logging.getLogger(__name__)

VERSION = 2
"""Counted up when more is read than before: rows of an earlier version are then read again."""

FILES_SINCE = 1
"""What rows of this version and later lack is made of what they have: their files need not be read again."""

FIELDS = ("description", "camera", "facts", "latitude", "longitude", "place", "country")


def image_metadata_store(*, image: Image, metadata: Metadata) -> None:
    """Put what the file says into `image`, which is not saved. What its owner wrote stays."""
    image.description = image.description or metadata.description
    image.camera = metadata.camera
    image.facts = metadata.facts
    image.latitude, image.longitude = metadata.latitude, metadata.longitude
    _complete(image)


def _complete(image: Image) -> None:
    """Fill in what follows from what is known already."""
    image.facts = {**image.facts, "read": VERSION}
    image.place, image.country = place_of(image.latitude, image.longitude)


def images_undescribed() -> ImageQuerySet:
    """Photos that were read before there was this version of the reading of metadata, first come first."""
    return Image.objects.ready().exclude(facts__contains={"read": VERSION}).order_by("pk")


def images_describe(*, count: int) -> int:
    """Read the metadata of up to `count` photos that lack it; how many were.

    Each is marked, also when its file is gone or says nothing, so that the next call goes on with others.
    Several workers may do it at once. Raises OSError when the storage fails.
    """
    with transaction.atomic():
        images = list(images_undescribed().select_for_update(skip_locked=True)[:count])
        for image in images:
            if image.facts.get("read", 0) >= FILES_SINCE:
                _complete(image)
            else:
                image_metadata_store(image=image, metadata=_metadata(image))
        Image.objects.bulk_update(images, FIELDS)
    return len(images)


def _metadata(image: Image) -> Metadata:
    try:
        with image.original.open("rb") as original:
            return imaging.read_metadata(cast("BinaryIO", original.file), limits=image_limits())
    except FileNotFoundError:
        logger.warning("The original of image %s is no longer in the storage.", image.pk)
    except ImageRefused as refusal:
        logger.warning("Image %s has no metadata: %s", image.pk, refusal.code)
    return Metadata()
