"""A stored original is read: once, by a worker, into its renditions and facts."""

import logging
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from albums import imaging
from albums.exceptions import ImageRefused, RefusalCode
from albums.imaging import Encoded, Picture
from albums.leases import Lease
from albums.models import Image, Rendition
from albums.services.core.limits import image_limits
from albums.services.reading.metadata import FIELDS, image_metadata_store
from albums.services.uploading.uploads import image_refuse
from albums.storage import put_file, rendition_name

logger = logging.getLogger(__name__)

THUMBNAIL_SIDE = 512
PREVIEW_SIDE = 2048


READING = Lease(
    work="Reading it",
    pending=lambda ids: Image.objects.unread().filter(pk__in=ids),
    give_up=lambda image, detail: image_refuse(
        image=image, refusal=ImageRefused(RefusalCode.CRASHED, detail)
    ),
)


@transaction.atomic
def image_give_up(*, image_id: int, refusal: ImageRefused) -> None:
    """Refuse an image that is still unread, for a reason found outside the decoder."""
    for image in READING.locked([image_id]):
        image_refuse(image=image, refusal=refusal)


@transaction.atomic
def image_read_claimed(*, image_id: int) -> bool:
    """Read an image under its row lock, unless another worker holds it; True when it is ready."""
    return any(image_read(image=image) for image in READING.locked([image_id]))


def image_read(*, image: Image) -> bool:
    """Decode the original once; write its renditions, size, time and metadata; it becomes ready, or refused.

    May be called again at any time: everything is written over. Raises OSError when the storage fails.
    """
    try:
        picture = _picture(image)
    except ImageRefused as refusal:
        image_refuse(image=image, refusal=refusal)
        return False
    with transaction.atomic():
        _renditions_store(image, picture)
        image.width, image.height = picture.width, picture.height
        image.captured_at = picture.captured_at
        image_metadata_store(image=image, metadata=picture.metadata)
        image.state = Image.State.READY
        image.reason, image.reason_values, image.detail = "", {}, ""
        image.attempts = 0
        image.save(
            update_fields=[
                "width", "height", "captured_at", "state", "reason", "reason_values", "detail", "attempts",
                *FIELDS,
            ]
        )  # fmt: skip
    return True


def renditions_recreate(*, image: Image) -> bool:
    """Make the renditions of a photo that was read before, and nothing else of it; False when it cannot be.

    Raises OSError when the storage fails.
    """
    with transaction.atomic():
        # Locked as a reading does, for both write the same files.
        locked = Image.objects.select_for_update().ready().filter(pk=image.pk).first()
        if locked is None:
            return False
        try:
            picture = _picture(locked)
        except ImageRefused as refusal:
            logger.warning("The renditions of image %s cannot be made again: %s", image.pk, refusal.code)
            return False
        _renditions_store(locked, picture)
    return True


def renditions_missing(*, image: Image) -> list[str]:
    """The kinds of rendition of a photo that have no row, or a row without a file."""
    stored = {one.kind: one.file for one in image.renditions.all()}
    return [
        kind
        for kind in Rendition.Kind.values
        if kind not in stored or not stored[kind].storage.exists(str(stored[kind].name))
    ]


def renditions_regenerate(images: Sequence[Image]) -> Iterator[Image]:
    """Create the missing renditions of these photos; yields each photo that was checked."""
    prefetch_related_objects(images, "renditions")
    for image in images:
        if renditions_missing(image=image):
            renditions_recreate(image=image)
        yield image


def _renditions_store(image: Image, picture: Picture) -> None:
    preview = imaging.encode_jpeg(picture.pixels)
    thumbnail = imaging.encode_jpeg(picture.pixels, max_side=THUMBNAIL_SIDE)
    Rendition.objects.bulk_create(
        [
            _stored_rendition(image, Rendition.Kind.PREVIEW, preview),
            _stored_rendition(image, Rendition.Kind.THUMBNAIL, thumbnail),
        ],
        update_conflicts=True,
        unique_fields=["image", "kind"],
        update_fields=["file", "width", "height"],
    )


def _picture(image: Image) -> Picture:
    try:
        with image.original.open("rb") as original:
            return imaging.read(
                cast("BinaryIO", original.file),
                max_side=PREVIEW_SIDE,
                limits=image_limits(),
                zone=timezone.get_default_timezone(),
            )
    except FileNotFoundError as error:
        detail = "The original is no longer in the storage; import it again."
        raise ImageRefused(RefusalCode.MISSING, detail) from error


def _stored_rendition(image: Image, kind: Rendition.Kind, encoded: Encoded) -> Rendition:
    rendition = Rendition(image=image, kind=kind, width=encoded.width, height=encoded.height)
    storage = rendition.file.storage
    rendition.file = put_file(storage, rendition_name(rendition, ""), ContentFile(encoded.data))
    return rendition
