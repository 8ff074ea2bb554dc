"""Store the metadata of files in the rows of their photos, when they are read or later."""

import logging

from django.db import transaction
from django.utils import timezone

from albums import imaging
from albums.exceptions import ImageRefused
from albums.imaging import Metadata, capture_of_name
from albums.models import Image, ImageFingerprint, Sidecar
from albums.querysets import ImageQuerySet
from albums.services.arranging import capture_times, descriptions, positions, tags
from albums.services.arranging.capture_times import image_set_file_capture
from albums.services.arranging.descriptions import image_set_file_description
from albums.services.arranging.positions import image_set_file_position, position_of
from albums.services.arranging.tags import image_set_file_tags
from albums.services.core.limits import image_limits
from albums.services.core.originals import original_file
from albums.services.reading.places import place_of
from albums.services.reading.sidecars import SidecarValues, sidecar_merge, sidecar_store
from albums.services.reading.town_index import town_index

logger = logging.getLogger(__name__)

VERSION = 5
"""Increased when more is read than before: rows of an earlier version are read again."""

FILES_SINCE = 5
"""Rows of this version or a later one are completed from what they have, without reading their files."""

TURNED_OTHERWISE = "browser_turns_otherwise"
"""The key of `Image.facts` that is True for an original that browsers may show turned otherwise."""

FILE_FACTS = frozenset({capture_times.FILE_FACT, descriptions.FILE_FACT, positions.FILE_FACT, tags.FILE_FACT})
"""The keys of `Image.facts` with values of the file while the owner's are in force."""

FIELDS = (
    "description", "camera", "facts", "latitude", "longitude", "place", "country",
    "captured_at", "captured_offset", "captured_has_time", "captured_source", "tags",
)  # fmt: skip


def image_metadata_store(*, image: Image, metadata: Metadata) -> None:
    """Copy the metadata into `image`, which is not saved.

    The owner's description, date, position and tags stay in force. A file without a date is dated by its
    name; what another program has for the photo is merged (see `sidecars`).
    """
    named = capture_of_name(image.name, zone=timezone.get_default_timezone())
    metadata = sidecar_merge(image, metadata, named)
    image.camera = metadata.camera
    of_owner = {name: value for name, value in image.facts.items() if name in FILE_FACTS}
    image.facts = {**metadata.facts, **of_owner}
    if metadata.turned_otherwise:
        image.facts[TURNED_OTHERWISE] = True
    image_set_file_capture(image=image, captured=metadata.captured)
    image_set_file_description(image=image, description=metadata.description)
    image_set_file_position(image=image, position=position_of(metadata.latitude, metadata.longitude))
    image_set_file_tags(image=image, keywords=metadata.keywords)
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
    # Every worker begins with this: the towns are prepared before somebody asks for one.
    town_index()
    images = list(images_undescribed().select_for_update(skip_locked=True)[:count])
    for image in images:
        if image.facts.get("read", 0) >= FILES_SINCE:
            _complete(image)
        else:
            _read_again(image)
    Image.objects.bulk_update(images, FIELDS)
    # Their times may differ: a task forms the stacks anew.
    ImageFingerprint.objects.filter(image__in=images).update(stacked=False)
    return len(images)


@transaction.atomic
def image_sidecar_store(*, image: Image, program: Sidecar.Program, values: SidecarValues) -> None:
    """Store what another program has for a photo; if that was read before, merge it at once.

    Raises OSError when the storage fails.
    """
    # A worker that reads it holds the row: what it does not see is merged after it.
    locked = Image.objects.select_for_update().get(pk=image.pk)
    if sidecar_store(image=locked, program=program, values=values) and locked.state == Image.State.READY:
        _read_again(locked)
        locked.save(update_fields=FIELDS)
        ImageFingerprint.objects.filter(image=locked).update(stacked=False)


def _read_again(image: Image) -> None:
    """Read the file's metadata; of one that cannot be read any more, what was read before stays."""
    try:
        with original_file(image) as original:
            metadata = imaging.read_metadata(
                original, limits=image_limits(), zone=timezone.get_default_timezone()
            )
    except ImageRefused as refusal:
        logger.warning("The metadata of image %s cannot be read: %s", image.pk, refusal.code)
        _complete(image)
    else:
        image_metadata_store(image=image, metadata=metadata)
