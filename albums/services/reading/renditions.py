"""Read stored originals: decode each once, and store its renditions, size, time and metadata."""

import logging
import math
from collections.abc import Iterator, Sequence
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from albums import imaging
from albums.exceptions import ImageRefused, RefusalCode
from albums.imaging import Picture
from albums.leases import Lease
from albums.models import Image, Rendition
from albums.services.core.limits import image_limits
from albums.services.core.originals import original_file
from albums.services.reading.fingerprints import fingerprint_store
from albums.services.reading.metadata import FIELDS, image_metadata_store
from albums.services.uploading.uploads import image_refuse
from albums.storage import put_file, rendition_name

logger = logging.getLogger(__name__)

# Pixels of the long side. A very wide or high picture gets more, up to the last number, until its short side
# has the second one: a panorama of 10 : 1 would be 51 pixels high in a tile of 200.
SIDES = {Rendition.Kind.PREVIEW: (2048, 256, 8192), Rendition.Kind.THUMBNAIL: (512, 170, 2048)}


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
    """Read an image under its row lock, unless another worker holds it; return True if it is ready."""
    return any(image_read(image=image) for image in READING.locked([image_id]))


def image_read(*, image: Image) -> bool:
    """Read an image, which becomes ready or refused; return True if it is ready.

    May be repeated: everything is overwritten. Raises OSError when the storage fails.
    """
    try:
        picture = _picture(image)
    except ImageRefused as refusal:
        image_refuse(image=image, refusal=refusal)
        return False
    with transaction.atomic():
        renditions_store(image=image, picture=picture)
        image.width, image.height = picture.width, picture.height
        image_metadata_store(image=image, metadata=picture.metadata)
        image.state, image.attempts = Image.State.READY, 0
        image.reason, image.reason_values, image.detail = "", {}, ""
        image.save(
            update_fields=[
                "width", "height", "state", "reason", "reason_values", "detail", "attempts",
                *FIELDS,
            ]
        )  # fmt: skip
    return True


@transaction.atomic
def renditions_recreate(*, image: Image) -> bool:
    """Create the renditions of a ready photo again; return False when its original cannot be read.

    Raises OSError when the storage fails.
    """
    # Locked as for reading, since both write the same files.
    locked = Image.objects.select_for_update().ready().filter(pk=image.pk).first()
    if locked is None:
        return False
    try:
        picture = _picture(locked)
    except ImageRefused as refusal:
        logger.warning("The renditions of image %s cannot be created again: %s", image.pk, refusal.code)
        return False
    renditions_store(image=locked, picture=picture)
    return True


def renditions_missing(*, image: Image) -> list[str]:
    """Return the kinds of rendition of a photo that have no row or no file."""
    stored = {one.kind: one.file for one in image.renditions.all()}
    return [
        kind
        for kind in Rendition.Kind.values
        if kind not in stored or not stored[kind].storage.exists(str(stored[kind].name))
    ]


def renditions_regenerate(images: Sequence[Image]) -> Iterator[Image]:
    """Create the missing renditions of these photos; yield each photo that was checked."""
    prefetch_related_objects(images, "renditions")
    for image in images:
        if renditions_missing(image=image):
            renditions_recreate(image=image)
        yield image


def renditions_store(*, image: Image, picture: Picture) -> list[str]:
    """Write the renditions and the fingerprint of a decoded photo; return the names of the files."""
    renditions = []
    for kind in SIDES:
        encoded = imaging.encode_jpeg(
            picture.pixels, max_side=rendition_side(kind, picture.width, picture.height)
        )
        rendition = Rendition(image=image, kind=kind, width=encoded.width, height=encoded.height)
        name = rendition_name(rendition, "")
        rendition.file = put_file(rendition.file.storage, name, ContentFile(encoded.data))
        renditions.append(rendition)
    fingerprint_store(image=image, pixels=picture.pixels)
    Rendition.objects.bulk_create(
        renditions,
        update_conflicts=True,
        unique_fields=["image", "kind"],
        update_fields=["file", "width", "height"],
    )
    return [str(rendition.file.name) for rendition in renditions]


def rendition_side(kind: Rendition.Kind, width: int, height: int) -> int:
    """Return the most pixels of the long side of a rendition of a photo of this size."""
    usual, least_short, most = SIDES[kind]
    return max(usual, min(most, math.ceil(least_short * max(width, height) / min(width, height))))


def _picture(image: Image) -> Picture:
    with original_file(image) as original:
        return imaging.read(
            original,
            max_side=partial(rendition_side, Rendition.Kind.PREVIEW),
            limits=image_limits(),
            turns=image.turns,
            zone=timezone.get_default_timezone(),
        )
