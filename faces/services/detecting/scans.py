"""Finding the faces of stored photos, and keeping what was found."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.utils import timezone

from albums.models import Image
from albums.querysets import among
from faces.error_messages import CRASHED
from faces.models import Face, FaceEmbedding, FaceScan
from faces.runtime import get_pipeline
from faces.services.core.consent import recognition_wanted
from faces.services.core.owner_pipeline import owner_models, owner_models_hold, owner_models_keep
from faces.services.core.pixels import PhotoUnreadable, photo_pixels, portrait_store
from faces.services.detecting.box_matching import carry_over, faces_held
from faces.services.grouping.online import faces_place
from faces.services.history.history import changes_lock
from faces.vision.pipeline import FacePipeline, FoundFace
from faces.vision.types import Pixels

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""A photo whose scan was begun this often and never ended takes its worker down: it is not begun again."""


def scans_open(image_ids: Iterable[int]) -> list[int]:
    """Write a pending scan for each ready image that has none; return the ids of all that are pending.

    Photos of owners who have switched face recognition off are left out. What is in the bin is looked at when
    it comes back.
    """
    ready = Image.objects.ready().filter(among("pk", list(image_ids)), binned_at=None)
    ready = ready.exclude(owner__face_recognition__enabled=False).order_by("pk")
    states: dict[int, str | None] = dict(ready.values_list("pk", "face_scan__state"))
    unscanned = [image_id for image_id, state in states.items() if state is None]
    # Another may be at the same photos: its rows are as good.
    FaceScan.objects.bulk_create([FaceScan(image_id=pk) for pk in unscanned], ignore_conflicts=True)
    return [pk for pk, state in states.items() if state in {None, FaceScan.State.PENDING}]


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
            _fail(scan, reason=CRASHED, detail=detail)
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


def scans_reopen(*, reasons: Iterable[str]) -> int:
    """Let scans that failed for one of these reasons be made again; returns how many."""
    failed = FaceScan.objects.filter(state=FaceScan.State.FAILED, reason__in=list(reasons))
    return failed.update(state=FaceScan.State.PENDING, attempts=0, reason="", detail="")


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
    owner_id = scans[0].image.owner_id
    if not recognition_wanted(owner_id):  # switched off meanwhile: what was found is thrown away unseen
        return
    changes_lock(owner_id)
    # Thrown away while it was looked at: from here on whoever throws a photo away waits, and sees the faces.
    binned = dict(
        Image.objects.filter(pk__in=[scan.image_id for scan in readable]).values_list("pk", "binned_at")
    )
    for scan, faces in zip(readable, found, strict=True):
        scan.image.binned_at = binned.get(scan.image_id)
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
    """Make `found` the faces of an image; returns them.

    A face that was there before and is found again stays the same row, with its person. One that is not found
    again goes, but for those of which somebody said something (see `carrying`). A drawn one stays as drawn.
    New ones with a clear match are assigned at once (see `grouping.online`). Of a photo
    in the bin they are not seen, and not placed.
    """
    binned = image.binned_at is not None
    there = list(Face.objects.select_for_update().filter(image=image))
    held = set(faces_held(Face.objects.filter(image=image)).values_list("pk", flat=True)) if there else set()
    carried = carry_over(there=there, found=[face.box for face in found], held=held)
    faces, embeddings = [], []
    for index, new in enumerate(found):
        if index not in carried.same and index not in carried.new:
            continue
        face = there[carried.same[index]] if index in carried.same else Face(image=image)
        faces.append(face)
        if face.drawn:
            continue
        face.x, face.y, face.w, face.h = new.box.x, new.box.y, new.box.w, new.box.h
        face.landmarks = [float(value) for value in new.landmarks.ravel()]
        face.score, face.quality = new.score, new.quality.overall
        face.poor_reason, face.detector, face.binned = str(new.quality.poor_reason), detector, binned
        _crop_replace(face, new.portrait)
        face.save()
        embeddings.append(
            FaceEmbedding.made_of(
                face, owner_id=image.owner_id, model=embedder, vector=new.vector, clarity=new.clarity
            )
        )
    FaceEmbedding.objects.bulk_create(
        embeddings,
        update_conflicts=True,
        unique_fields=["face", "model"],
        update_fields=["vector", "clarity", "box"],
    )
    for index in carried.gone:
        there[index].delete()
    if binned:
        return faces
    made = [entry for entry in embeddings if entry.face_id not in {face.pk for face in there}]
    faces_place(
        faces=[entry.face for entry in made], vectors=[entry.vector for entry in made], embedder=embedder
    )
    return faces


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
        .filter(image_id__in=list(image_ids), image__binned_at=None)
        .exclude(image__owner__face_recognition__enabled=False)
        .order_by("image_id")
    )


def _pictures(scans: Iterable[FaceScan], readable: list[FaceScan]) -> Iterator[Pixels]:
    """Decode one photo after the other; a scan whose photo cannot be read fails and is left out.

    Ends before its time when the owner switches face recognition off, who then waits for one photo at most.
    """
    for scan in scans:
        if not recognition_wanted(scan.image.owner_id):
            return
        try:
            pixels = photo_pixels(scan.image)
        except PhotoUnreadable as error:
            _fail(scan, reason=error.code, detail=error.detail)
        else:
            readable.append(scan)
            yield pixels


def _fail(scan: FaceScan, *, reason: str, detail: str) -> None:
    logger.warning("No faces looked for in image %s: %s", scan.image_id, reason)
    scan.state, scan.reason, scan.detail = FaceScan.State.FAILED, reason, detail
    scan.finished_at = timezone.now()
    scan.save(update_fields=["state", "reason", "detail", "finished_at"])


def _crop_replace(face: Face, portrait: Pixels) -> None:
    """Write the picture of a face under a new name, and let go of the old one when that is certain."""
    storage, before = face.crop.storage, face.crop.name
    if before:
        transaction.on_commit(lambda: storage.delete(before))
    face.crop = portrait_store(owner_id=face.image.owner_id, portrait=portrait)
