"""Finding the faces of stored photos, and keeping what was found."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, cast

import numpy as np
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from albums import imaging
from albums.exceptions import ImageRefused
from albums.models import Image
from albums.services.limits import image_limits
from faces.models import Face, FaceEmbedding, FaceScan
from faces.runtime import get_pipeline
from faces.services.owner_models import owner_models, owner_models_hold, owner_models_keep
from faces.vision.pipeline import FacePipeline, FoundFace
from faces.vision.types import Box, Pixels

logger = logging.getLogger(__name__)

SCAN_SIDE = 2048
"""Pixels of the long side at which a photo is decoded: twice what the detector sees, so that a face which is
just large enough to be found still gives its embedder something to look at."""

SAME_FACE = 0.5
"""Intersection over union from which a face found again is the face that was there."""

MOST_ATTEMPTS = 3
"""A photo whose scan was begun this often and never ended takes its worker down: it is not begun again."""

CROP_QUALITY = 88


def scans_open(image_ids: Iterable[int]) -> list[int]:
    """Write a pending scan for each ready image that has none; return the ids of all that are pending."""
    ready = Image.objects.ready().filter(pk__in=list(image_ids))
    FaceScan.objects.bulk_create([FaceScan(image=image) for image in ready], ignore_conflicts=True)
    return list(
        FaceScan.objects.pending()
        .filter(image__in=ready)
        .order_by("image_id")
        .values_list("image_id", flat=True)
    )


def scans_claim(image_ids: Iterable[int]) -> list[int]:
    """Count an attempt for each pending scan, in a transaction of its own, before the work.

    What was begun too often is given up here. Returns the ids of the images to look at; those that another
    worker holds, or has finished, are left out.
    """
    image_ids = list(image_ids)
    owner_models_keep(owner_ids=_owners_of(image_ids))
    with transaction.atomic():
        scans = _pending_and_free(image_ids)
        given_up = [scan for scan in scans if scan.attempts >= MOST_ATTEMPTS]
        claimed = [scan for scan in scans if scan.attempts < MOST_ATTEMPTS]
        for scan in given_up:
            detail = f"Looking for faces was begun {scan.attempts} times and took the worker down each time."
            _fail(scan, reason="crashed", detail=detail)
        for scan in claimed:
            scan.attempts += 1
            scan.started_at = timezone.now()
        FaceScan.objects.bulk_update(claimed, ["attempts", "started_at"])
    return [scan.image_id for scan in claimed]


def scans_release(image_ids: Iterable[int]) -> None:
    """Take back an attempt that ended by an error we caught: the photo did no harm."""
    with transaction.atomic():
        for scan in _pending_and_free(image_ids):
            scan.attempts = max(0, scan.attempts - 1)
            scan.save(update_fields=["attempts"])


def scans_fail(image_ids: Iterable[int], *, reason: str, detail: str) -> None:
    """Record that faces could not be looked for in these images."""
    with transaction.atomic():
        for scan in _pending_and_free(image_ids):
            _fail(scan, reason=reason, detail=detail)


def scans_run(image_ids: Iterable[int]) -> list[int]:
    """Find the faces of claimed images, all in one batch; return the ids of the owners concerned.

    The rows are locked while their pictures are looked at, so a second worker passes them by, and a killed
    one leaves them as they were. Raises VisionError when a model cannot be used, OSError when the storage
    fails.
    """
    image_ids = list(image_ids)
    with transaction.atomic():
        owner_models_hold(owner_ids=_owners_of(image_ids))
        scans = _pending_and_free(image_ids)
        owners = sorted({scan.image.owner_id for scan in scans})
        for owner_id in owners:
            pipeline = get_pipeline(owner_models(owner_id))
            _scan([scan for scan in scans if scan.image.owner_id == owner_id], pipeline)
        return owners


def _scan(scans: Sequence[FaceScan], pipeline: FacePipeline) -> None:
    readable: list[FaceScan] = []
    found = pipeline.faces_in(_pictures(scans, readable))
    for scan, faces in zip(readable, found, strict=True):
        faces_replace(
            image=scan.image,
            found=faces,
            detector=pipeline.detector.name,
            embedder=pipeline.embedder.name,
        )
        scan.state, scan.reason, scan.detail, scan.attempts = FaceScan.State.DONE, "", "", 0
        scan.detector, scan.embedder = pipeline.detector.name, pipeline.embedder.name
        scan.finished_at = timezone.now()
        scan.save()


def faces_replace(*, image: Image, found: Sequence[FoundFace], detector: str, embedder: str) -> list[Face]:
    """Make `found` the faces of an image.

    A face that was there before and is found again (see `SAME_FACE`) stays the same row, with its person. One
    that is not found again goes, but for the face by which a named person is known.
    """
    before = list(Face.objects.select_for_update().filter(image=image))
    kept = match_boxes([Box(face.x, face.y, face.w, face.h) for face in before], [face.box for face in found])
    gone = [face for index, face in enumerate(before) if index not in kept.values()]
    faces = []
    for index, new in enumerate(found):
        face = before[kept[index]] if index in kept else Face(image=image)
        face.x, face.y, face.w, face.h = new.box.x, new.box.y, new.box.w, new.box.h
        face.landmarks = [float(value) for value in new.landmarks.ravel()]
        face.score, face.quality = new.score, new.quality.overall
        face.poor_reason, face.detector = str(new.quality.poor_reason), detector
        _crop_store(face, new.portrait)
        face.save()
        faces.append(face)
    FaceEmbedding.objects.bulk_create(
        [
            FaceEmbedding(face=face, model=embedder, vector=np.asarray(new.vector, dtype=np.float32))
            for face, new in zip(faces, found, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["face", "model"],
        update_fields=["vector"],
    )
    for face in gone:
        if not face.cover_of.exclude(name="").exists():
            face.delete()
    return faces


def match_boxes(old: Sequence[Box], new: Sequence[Box]) -> dict[int, int]:
    """Which new box (its index) is which old one: by overlap, the greatest first, each used once."""
    overlaps = sorted(
        (
            (there.iou(here), new_index, old_index)
            for new_index, here in enumerate(new)
            for old_index, there in enumerate(old)
        ),
        key=lambda candidate: (-candidate[0], candidate[1], candidate[2]),
    )
    matched: dict[int, int] = {}
    for overlap, new_index, old_index in overlaps:
        if overlap >= SAME_FACE and new_index not in matched and old_index not in matched.values():
            matched[new_index] = old_index
    return matched


def _owners_of(image_ids: Sequence[int]) -> list[int]:
    return list(
        Image.objects.filter(pk__in=image_ids)
        .order_by("owner_id")
        .values_list("owner_id", flat=True)
        .distinct()
    )


def _pending_and_free(image_ids: Iterable[int]) -> list[FaceScan]:
    return list(
        FaceScan.objects.pending()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("image")
        .filter(image_id__in=list(image_ids))
        .order_by("image_id")
    )


def _pictures(scans: Iterable[FaceScan], readable: list[FaceScan]) -> Iterator[Pixels]:
    """Decode one photo after the other; a scan whose photo cannot be read fails and is left out."""
    for scan in scans:
        try:
            with scan.image.original.open("rb") as original:
                pixels = imaging.decode(
                    cast("BinaryIO", original.file), max_side=SCAN_SIDE, limits=image_limits()
                )
        except FileNotFoundError:
            _fail(scan, reason="missing", detail="The original is no longer in the storage; import it again.")
        except ImageRefused as refusal:
            _fail(scan, reason=str(refusal.code), detail=str(refusal))
        else:
            readable.append(scan)
            yield pixels


def _fail(scan: FaceScan, *, reason: str, detail: str) -> None:
    logger.warning("No faces looked for in image %s: %s", scan.image_id, reason)
    scan.state, scan.reason, scan.detail = FaceScan.State.FAILED, reason, detail
    scan.finished_at = timezone.now()
    scan.save(update_fields=["state", "reason", "detail", "finished_at"])


def _crop_store(face: Face, portrait: Pixels) -> None:
    """Write the picture of a face under a new name, and let go of the old one when that is certain."""
    storage, before = face.crop.storage, face.crop.name
    if before:
        transaction.on_commit(lambda: storage.delete(before))
    token = uuid.uuid4().hex
    name = f"faces/{face.image.owner_id}/{token[:2]}/{token}.jpg"
    face.crop = storage.save(name, ContentFile(imaging.encode_jpeg(portrait, quality=CROP_QUALITY).data))
