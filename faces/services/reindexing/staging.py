"""Scan photos with models that their owner does not use yet, and store the results beside the current ones.

A result depends on the photo and the models only, so it stays valid until it is applied, whatever happens to
the owner's faces in between. Interrupted work continues where it stopped.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from albums.leases import Lease
from albums.models import Image
from faces.conf import FaceSettings
from faces.models import FaceScan, StagedFace, StagedScan
from faces.runtime import get_pipeline
from faces.services.core.consent import RecognitionOff, recognition_enabled
from faces.services.detecting.rows import face_columns
from faces.services.detecting.scans import WORK, photos_scan, scan_fail, scan_give_up
from faces.vision.pipeline import FoundFace

BATCH = 8
PENDING = FaceScan.State.PENDING


def staged_scans(*, models: FaceSettings) -> QuerySet[StagedScan]:
    """Return the staged scans with these models."""
    return StagedScan.objects.filter(
        detector=models.detector, embedder=models.embedder, side=models.detection_side
    )


def images_unstaged(images: QuerySet[Image], *, models: FaceSettings) -> QuerySet[Image]:
    """Return those of `images` that were not scanned with these models."""
    done = staged_scans(models=models).filter(image=OuterRef("pk")).exclude(state=PENDING)
    return images.filter(~Exists(done))


def images_stage(*, images: QuerySet[Image], models: FaceSettings) -> Iterator[int]:
    """Scan those of `images` that were not scanned with these models yet, new arrivals included.

    Each batch is stored when it is done. Yields the number of its photos. Raises VisionError when a model
    cannot be used, OSError when the storage fails, RecognitionOff.
    """
    lease = Lease(
        work=WORK,
        pending=lambda ids: (
            staged_scans(models=models).filter(image__in=ids, state=PENDING).select_related("image")
        ),
        give_up=scan_give_up,
        key="image_id",
    )
    while waiting := list(images_unstaged(images, models=models).order_by("pk")[:BATCH]):
        fresh, begun = lease.apart([image.pk for image in waiting])
        batch = fresh or begun[:1]
        _scans_open(batch, models)
        with lease.claimed(batch) as scans:
            _scan(scans, models)
        yield len(batch)


def staged_failures_forget(*, images: QuerySet[Image], models: FaceSettings) -> None:
    """Delete the failures, so that unreadable photos are tried again."""
    staged_scans(models=models).filter(image__in=images, state=FaceScan.State.FAILED).delete()


def staged_forget(*, image: Image) -> None:
    """Delete what was found in a photo that was turned since; it is scanned again."""
    staged_remove(StagedScan.objects.filter(image=image))


def staged_remove(scans: QuerySet[StagedScan]) -> None:
    """Delete staged scans, with the pictures of faces that were not applied."""
    faces = StagedFace.objects.filter(scan__in=scans)
    storage = StagedFace.crop.field.storage
    for name in faces.exclude(crop="").values_list("crop", flat=True):
        transaction.on_commit(partial(storage.delete, name))
    scans.delete()


@transaction.atomic
def _scans_open(image_ids: Sequence[int], models: FaceSettings) -> None:
    # Locked, so that no image is deleted before the row that refers to it is written.
    images = Image.objects.filter(pk__in=image_ids).select_for_update(no_key=True).order_by("pk")
    columns = {"detector": models.detector, "embedder": models.embedder, "side": models.detection_side}
    StagedScan.objects.bulk_create(
        [StagedScan(image=image, **columns) for image in images], ignore_conflicts=True
    )


def _scan(scans: Sequence[StagedScan], models: FaceSettings) -> None:
    found, errors = photos_scan([scan.image for scan in scans], get_pipeline(models))
    for scan in scans:
        if error := errors.get(scan.image_id):
            scan_fail(scan, reason=error.code, detail=error.detail)
        elif not recognition_enabled(scan.image.owner_id):
            raise RecognitionOff
        else:
            _stage(scan, found[scan.image_id])


@transaction.atomic
def _stage(scan: StagedScan, found: Sequence[FoundFace]) -> None:
    locked = StagedScan.objects.select_for_update().filter(pk=scan.pk, state=PENDING).first()
    if locked is None:  # the photo was deleted meanwhile
        return
    owner_id = scan.image.owner_id
    if not recognition_enabled(owner_id):
        raise RecognitionOff
    StagedFace.objects.bulk_create(
        StagedFace(
            scan=locked,
            vector=face.vector,
            clarity=face.clarity,
            **face_columns(face, owner_id=owner_id),
        )
        for face in found
    )
    locked.state, locked.attempts = FaceScan.State.DONE, 0
    locked.save()


def images_finished(images: QuerySet[Image]) -> QuerySet[Image]:
    """Return images whose first scan has ended; the others are scanned later, with the models of then."""
    return images.filter(Q(face_scan__state=FaceScan.State.DONE) | Q(face_scan__state=FaceScan.State.FAILED))
