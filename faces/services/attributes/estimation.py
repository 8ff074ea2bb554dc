"""Estimate the age and gender of stored faces from their pictures, a batch at a time.

The small picture of each face is enough: a photo is not decoded again. Missing and outdated estimates are
found by a query, so that a killed worker loses a batch at most.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray

from albums import imaging
from albums.exceptions import ImageRefused
from albums.services.core.limits import image_limits
from faces.models import Face, FaceAttributes, FaceRecognition
from faces.querysets import FaceQuerySet
from faces.runtime import age_gender_name, get_age_gender
from faces.vision.alignment import portrait_area
from faces.vision.boxes.manual import FACE_POINTS, points_in
from faces.vision.boxes.turned import brought_upright
from faces.vision.errors import VisionError
from faces.vision.models.age_gender import age_gender_crop
from faces.vision.types import Box, Pixels
from faces.vision.weights.age_gender_check import NAME

logger = logging.getLogger(__name__)

BATCH = 64
"""Faces estimated together: 2 MB of crops, and seldom more than a second of work."""


def faces_estimable(owner_id: int) -> FaceQuerySet:
    """Return the faces of an owner that can be estimated: not dismissed, not in the bin, with a picture."""
    return Face.objects.present().with_crop().filter(image__owner_id=owner_id)


def faces_unestimated(owner_id: int) -> FaceQuerySet:
    """Return the faces without an estimate, or with one by a lesser model or of another picture."""
    current = FaceAttributes.objects.filter(face=OuterRef("pk"), crop=OuterRef("crop"))
    if _installed() == NAME:
        current = current.filter(model=NAME)
    return faces_estimable(owner_id).filter(~Exists(current))


def attributes_count(owner_id: int) -> tuple[int, int]:
    """Return the number of estimated faces, and of those that can be estimated."""
    total = faces_estimable(owner_id).count()
    return total - faces_unestimated(owner_id).count(), total


def attributes_fill(*, owner_id: int) -> Iterator[int]:
    """Estimate an owner's faces in batches until none is left, new arrivals included.

    Each batch is a transaction of its own; yields how many faces it had. Ends when the owner switches the
    estimates off. Raises VisionError when the model cannot be used, OSError when the storage fails.
    """
    last = 0
    while faces := _next(owner_id, after=last):
        if not _store(owner_id, faces, _estimated(faces)):
            return
        last = faces[-1].pk
        yield len(faces)


def _next(owner_id: int, *, after: int) -> list[Face]:
    lacking = faces_unestimated(owner_id).filter(pk__gt=after).select_related("image")
    return list(lacking.order_by("pk")[:BATCH])


def _estimated(faces: Sequence[Face]) -> list[FaceAttributes]:
    """Return an unsaved row for each face; one whose picture cannot be read has no estimates."""
    model = get_age_gender()
    rows = [FaceAttributes(face=face, model=model.name, crop=str(face.crop.name)) for face in faces]
    crops = [(row, crop) for row, face in zip(rows, faces, strict=True) if (crop := _crop(face)) is not None]
    if crops:
        found = model.estimate(np.stack([crop for _row, crop in crops]))
        for pair, age, male in zip(crops, found.ages, found.male, strict=True):
            pair[0].age, pair[0].male = float(age), float(male)
    return rows


@transaction.atomic
def _store(owner_id: int, faces: Sequence[Face], rows: Sequence[FaceAttributes]) -> bool:
    """Write the rows of faces with the same picture still; return False if the owner has switched off."""
    consents = FaceRecognition.objects.select_for_update(no_key=True).filter(owner_id=owner_id, enabled=True)
    if not consents.filter(attributes=True).first():
        return False
    # Faces may have been deleted or found again in the meantime.
    there = Face.objects.filter(pk__in=[face.pk for face in faces]).select_for_update(no_key=True)
    crops = dict(there.order_by("pk").values_list("pk", "crop"))
    FaceAttributes.objects.bulk_create(
        [row for row in rows if crops.get(row.face_id) == row.crop],
        update_conflicts=True,
        unique_fields=["face"],
        update_fields=["model", "crop", "age", "male", "estimated_at"],
    )
    return True


def _installed() -> str:
    """Return the name of the installed model, or empty."""
    try:
        return age_gender_name()
    except VisionError:
        return ""


def _crop(face: Face) -> Pixels | None:
    """Return the face as the model sees it, or None if its picture cannot be read."""
    try:
        with face.crop.open("rb") as file:
            picture = imaging.decode(cast("BinaryIO", file.file), limits=image_limits())
    except (FileNotFoundError, ImageRefused) as error:
        logger.warning("No age and gender of face %s: %s", face.pk, type(error).__name__)
        return None
    landmarks = _landmarks(face, side=picture.shape[1])
    return None if landmarks is None else age_gender_crop(*brought_upright(picture, landmarks))


def _landmarks(face: Face, *, side: int) -> NDArray[np.float32] | None:
    """Return the landmarks (5, 2) in pixels of the face's picture, which is `side` wide."""
    width, height = face.image.width, face.image.height
    if not width or not height:
        return None
    box = Box(face.x, face.y, face.w, face.h).scaled(width, height)
    area = portrait_area(box, width=width, height=height)
    points = np.asarray(face.landmarks, dtype=np.float32)
    known = points.size == FACE_POINTS.size
    in_photo = points.reshape(-1, 2) * np.array([width, height], np.float32) if known else points_in(box)
    return np.asarray((in_photo - [area.x, area.y]) * (side / area.w), dtype=np.float32)
