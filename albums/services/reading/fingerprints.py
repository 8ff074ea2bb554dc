"""Store the fingerprints of photos, by which similar ones are found."""

import logging
from collections.abc import Mapping
from io import BytesIO

import numpy as np
from django.db import transaction
from django.db.models import Q
from numpy.typing import NDArray

from albums.imaging.fingerprints import Fingerprint, fingerprint, fingerprint_of_jpeg
from albums.models import Image, ImageFingerprint, Rendition
from albums.querysets import ImageQuerySet

WITHOUT_FINGERPRINT = Q(fingerprint=None) | Q(fingerprint__hash__isnull=False, fingerprint__detail=None)

logger = logging.getLogger(__name__)


def fingerprint_store(*, image: Image, pixels: NDArray[np.uint8]) -> None:
    """Store the fingerprint of a decoded photo, in place of an earlier one."""
    _store({image.pk: fingerprint(pixels)})


def images_unhashed() -> ImageQuerySet:
    """Return the photos without a whole fingerprint, which an older version read, the oldest first."""
    return Image.objects.ready().filter(WITHOUT_FINGERPRINT).order_by("pk")


@transaction.atomic
def images_hash(*, count: int) -> int:
    """Compute the fingerprints of up to `count` photos that lack one, and return how many there were.

    They are computed from the previews. A photo whose preview cannot be read gets a row without a hash, so
    that the next call continues with others. Several workers may call it at once. Raises OSError when the
    storage fails.
    """
    images = list(images_unhashed().select_for_update(of=("self",), skip_locked=True)[:count])
    previews = Rendition.objects.filter(image__in=images, kind=Rendition.Kind.PREVIEW)
    files = {preview.image_id: preview for preview in previews}
    _store({image.pk: _of_preview(image, files.get(image.pk)) for image in images})
    return len(images)


def _of_preview(image: Image, preview: Rendition | None) -> Fingerprint | None:
    if preview is None or not preview.file.storage.exists(str(preview.file.name)):
        logger.warning("Image %s has no preview to compare it by.", image.pk)
        return None
    with preview.file.open("rb") as file:
        try:
            return fingerprint_of_jpeg(BytesIO(file.read()))
        except OSError as error:
            logger.warning("The preview of image %s cannot be read: %s", image.pk, error)
            return None


def _store(found: Mapping[int, Fingerprint | None]) -> None:
    ImageFingerprint.objects.bulk_create(
        [
            ImageFingerprint(
                image_id=image_id,
                hash=one.hash if one else None,
                detail=one.detail if one else None,
                sharpness=one.sharpness if one else 0,
            )
            for image_id, one in found.items()
        ],
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=["hash", "detail", "sharpness", "stacked"],
    )
