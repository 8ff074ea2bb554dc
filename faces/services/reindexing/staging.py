"""Looking at photos with models that their owner does not use yet, and keeping what is found beside.

What is found depends on a photo and on the models alone, so it stays right until it is used, whatever happens
to the owner's faces meanwhile; work that was interrupted is taken up where it ended.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from albums.models import Image
from faces.conf import FaceSettings
from faces.error_messages import CRASHED
from faces.models import FaceScan, StagedFace, StagedScan
from faces.runtime import get_pipeline
from faces.services.core.consent import RecognitionOff, recognition_wanted
from faces.services.core.pixels import PhotoUnreadable, photo_pixels, portrait_store
from faces.vision.pipeline import FoundFace
from faces.vision.types import Pixels

logger = logging.getLogger(__name__)

BATCH = 8
MOST_ATTEMPTS = 3
"""A photo that was begun this often and never ended takes the process down: it is given up."""

PENDING = FaceScan.State.PENDING


def staged_scans(*, models: FaceSettings) -> QuerySet[StagedScan]:
    """What was looked at with these models."""
    return StagedScan.objects.filter(
        detector=models.detector, embedder=models.embedder, side=models.detection_side
    )


def images_unstaged(images: QuerySet[Image], *, models: FaceSettings) -> QuerySet[Image]:
    """Of `images`, those that were not looked at with these models."""
    done = staged_scans(models=models).filter(image=OuterRef("pk")).exclude(state=PENDING)
    return images.filter(~Exists(done))


def images_stage(*, images: QuerySet[Image], models: FaceSettings) -> Iterator[int]:
    """Look at those of `images` that were not yet, what arrives meanwhile included.

    Each batch is kept when it is done. Yields how many photos it had. Raises VisionError when a model cannot
    be used, OSError when the storage fails.
    """
    while batch := _next_batch(images, models):
        claimed = _claim(batch, models)
        ended = False
        try:
            _look_at(claimed, models)
            ended = True
        finally:
            if not ended:  # an error that was seen: the photo did no harm
                staged_scans(models=models).filter(image__in=claimed, attempts__gt=0).update(
                    attempts=F("attempts") - 1
                )
        yield len(batch)


def staged_failures_forget(*, images: QuerySet[Image], models: FaceSettings) -> None:
    """Let photos that could not be read be tried again."""
    staged_scans(models=models).filter(image__in=images, state=FaceScan.State.FAILED).delete()


def staged_remove(scans: QuerySet[StagedScan]) -> None:
    """Remove what was found beside, with the pictures of faces that nobody has taken over."""
    faces = StagedFace.objects.filter(scan__in=scans)
    storage = StagedFace.crop.field.storage
    for name in faces.exclude(crop="").values_list("crop", flat=True):
        transaction.on_commit(partial(storage.delete, name))
    scans.delete()


def _next_batch(images: QuerySet[Image], models: FaceSettings) -> list[Image]:
    """What may have taken the process down goes alone, so that it takes no neighbour with it."""
    waiting = list(images_unstaged(images, models=models).order_by("pk")[:BATCH])
    begun = set(
        staged_scans(models=models)
        .filter(image__in=waiting, attempts__gt=0)
        .values_list("image_id", flat=True)
    )
    fresh = [image for image in waiting if image.pk not in begun]
    return fresh or waiting[:1]


def _claim(images: Sequence[Image], models: FaceSettings) -> list[Image]:
    """Count an attempt for each, before the work; what was begun too often is given up here."""
    with transaction.atomic():
        # Locked, so that none is deleted before the row that names it is written.
        ids = [image.pk for image in images]
        images = list(Image.objects.filter(pk__in=ids).select_for_update(no_key=True).order_by("pk"))
        StagedScan.objects.bulk_create(
            [
                StagedScan(
                    image=image,
                    detector=models.detector,
                    embedder=models.embedder,
                    side=models.detection_side,
                )
                for image in images
            ],
            ignore_conflicts=True,
        )
        scans = staged_scans(models=models).filter(image__in=images, state=PENDING)
        scans.filter(attempts__gte=MOST_ATTEMPTS).update(
            state=FaceScan.State.FAILED,
            reason=CRASHED,
            detail=f"Looking for faces was begun {MOST_ATTEMPTS} times and ended the process each time.",
        )
        claimed = set(scans.values_list("image_id", flat=True))
        scans.update(attempts=F("attempts") + 1)
    return [image for image in images if image.pk in claimed]


def _look_at(images: Sequence[Image], models: FaceSettings) -> None:
    if not images:
        return
    readable: list[Image] = []
    refused: dict[int, PhotoUnreadable] = {}
    found = get_pipeline(models).faces_in(_pictures(images, readable, refused))
    for image, faces in zip(readable, found, strict=True):
        _keep(image, faces, models)
    for image_id, error in refused.items():
        logger.warning("No faces looked for in image %s: %s", image_id, error.code)
        staged_scans(models=models).filter(image_id=image_id).update(
            state=FaceScan.State.FAILED, attempts=0, reason=error.code, detail=error.detail
        )


def _pictures(
    images: Sequence[Image], readable: list[Image], refused: dict[int, PhotoUnreadable]
) -> Iterator[Pixels]:
    for image in images:
        try:
            pixels = photo_pixels(image)
        except PhotoUnreadable as error:
            refused[image.pk] = error
        else:
            readable.append(image)
            yield pixels


def _keep(image: Image, found: Sequence[FoundFace], models: FaceSettings) -> None:
    with transaction.atomic():
        scan = staged_scans(models=models).select_for_update().filter(image=image, state=PENDING).first()
        if scan is None:  # the photo was deleted meanwhile, or somebody else was here first
            return
        if not recognition_wanted(image.owner_id):
            raise RecognitionOff
        StagedFace.objects.bulk_create(
            StagedFace(
                scan=scan,
                x=face.box.x,
                y=face.box.y,
                w=face.box.w,
                h=face.box.h,
                landmarks=[float(value) for value in face.landmarks.ravel()],
                score=face.score,
                quality=face.quality.overall,
                poor_reason=str(face.quality.poor_reason),
                crop=portrait_store(owner_id=image.owner_id, portrait=face.portrait),
                vector=np.asarray(face.vector, dtype=np.float32),
                clarity=face.clarity,
            )
            for face in found
        )
        scan.state, scan.attempts = FaceScan.State.DONE, 0
        scan.save(update_fields=["state", "attempts"])


def images_finished(images: QuerySet[Image]) -> QuerySet[Image]:
    """Those that a worker has looked at, well or not: the others are yet to come, with the models of then."""
    return images.filter(Q(face_scan__state=FaceScan.State.DONE) | Q(face_scan__state=FaceScan.State.FAILED))
