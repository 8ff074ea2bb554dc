"""Store the metadata of files in the rows of their photos, when they are read or later."""

import logging

from django.db import transaction

from albums import imaging
from albums.exceptions import ImageRefused
from albums.imaging import Metadata
from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.services.core.limits import image_limits
from albums.services.core.originals import original_file
from albums.services.reading.places import place_of

logger = logging.getLogger(__name__)

VERSION = 2
"""Increased when more is read than before: rows of an earlier version are read again."""

FILES_SINCE = 1
"""Rows of this version or a later one are completed from what they have, without reading their files."""

FIELDS = ("description", "camera", "facts", "latitude", "longitude", "place", "country")


def image_metadata_store(*, image: Image, metadata: Metadata) -> None:
    """Copy the metadata into `image`, which is not saved. The owner's description is not replaced."""
    image.description = image.description or metadata.description
    image.camera = metadata.camera
    image.facts = metadata.facts
    image.latitude, image.longitude = metadata.latitude, metadata.longitude
    _complete(image)


def _complete(image: Image) -> None:
    """Set what is derived from other fields."""
    image.facts = {**image.facts, "read": VERSION}
    image.place, image.country = place_of(image.latitude, image.longitude)


def images_undescribed() -> ImageQuerySet:
    """Return the photos whose metadata is of an earlier version, the oldest first."""
    return Image.objects.ready().exclude(facts__contains={"read": VERSION}).order_by("pk")


@transaction.atomic
def images_describe(*, count: int) -> int:
    """Read the metadata of up to `count` photos that lack it, and return how many there were.

    A photo without a readable file gets the version, too, so that the next call continues with others.
    Several workers may call it at once. Raises OSError when the storage fails.
    """
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
        with original_file(image) as original:
            return imaging.read_metadata(original, limits=image_limits())
    except ImageRefused as refusal:
        logger.warning("Image %s has no metadata: %s", image.pk, refusal.code)
        return Metadata()
