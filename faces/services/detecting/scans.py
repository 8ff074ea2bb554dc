"""Detect the faces of stored photos, and store what is found."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from albums.leases import Lease
from albums.models import Image
from albums.querysets import among
from faces.error_messages import CRASHED
from faces.models import Face, FaceScan, StagedScan
from faces.runtime import get_pipeline
from faces.services.core.consent import recognition_enabled
from faces.services.core.owner_pipeline import owner_models, owner_models_init, owner_models_lock_shared
from faces.services.core.pixels import PhotoUnreadable, photo_pixels
from faces.services.detecting.rows import faces_replace
from faces.services.grouping.online import faces_assign_online
from faces.services.history.history import changes_lock
from faces.vision.pipeline import FacePipeline, FoundFace
from faces.vision.types import Pixels

logger = logging.getLogger(__name__)

WORK = "Detecting faces"


def scans_open(image_ids: Iterable[int]) -> list[int]:
    """Write a pending scan for each ready image that has none; return the ids of all that are pending.

    Photos of owners who have switched face recognition off are skipped; photos in the bin are scanned when
    they are restored.
    """
    ready = Image.objects.ready().filter(among("pk", list(image_ids)), binned_at=None)
    ready = ready.exclude(owner__face_recognition__enabled=False).order_by("pk")
    states: dict[int, str | None] = dict(ready.values_list("pk", "face_scan__state"))
    unscanned = [image_id for image_id, state in states.items() if state is None]
    # Another may be at the same photos: its rows are as good.
    FaceScan.objects.bulk_create([FaceScan(image_id=pk) for pk in unscanned], ignore_conflicts=True)
    return [pk for pk, state in states.items() if state in {None, FaceScan.State.PENDING}]


def _pending(image_ids: Collection[int]) -> QuerySet[FaceScan]:
    return (
        FaceScan.objects.pending()
        .select_related("image")
        .filter(image_id__in=image_ids, image__binned_at=None)
        .exclude(image__owner__face_recognition__enabled=False)
    )


def scan_fail(scan: FaceScan | StagedScan, *, reason: str, detail: str) -> None:
    """Record that faces could not be detected in an image."""
    logger.warning("No faces detected in image %s: %s", scan.image_id, reason)
    scan.state, scan.reason, scan.detail = FaceScan.State.FAILED, reason, detail
    if isinstance(scan, FaceScan):
        scan.finished_at = timezone.now()
    scan.save()


def scan_give_up(scan: FaceScan | StagedScan, detail: str) -> None:
    """Record that an image ended its process too often."""
    scan_fail(scan, reason=CRASHED, detail=detail)


SCANNING = Lease(work=WORK, pending=_pending, give_up=scan_give_up, key="image_id")


def scans_claim(image_ids: Collection[int]) -> list[int]:
    """Count an attempt for each pending scan before the work; return the ids of the images to scan."""
    owner_models_init(owner_ids=_owners_of(image_ids))
    claimed = SCANNING.claim(image_ids)
    FaceScan.objects.filter(pk__in=[scan.pk for scan in claimed]).update(started_at=timezone.now())
    return [scan.image_id for scan in claimed]


@transaction.atomic
def scans_fail(image_ids: Collection[int], *, reason: str, detail: str) -> None:
    """Record that faces could not be detected in these images."""
    for scan in SCANNING.locked(image_ids):
        scan_fail(scan, reason=reason, detail=detail)


def scans_reopen(*, reasons: Iterable[str]) -> int:
    """Mark scans that failed for one of these reasons as open. Returns their number."""
    failed = FaceScan.objects.filter(state=FaceScan.State.FAILED, reason__in=list(reasons))
    return failed.update(state=FaceScan.State.PENDING, attempts=0, reason="", detail="")


@transaction.atomic
def scans_run(image_ids: Collection[int]) -> list[int]:
    """Detect the faces of claimed images, all in one batch; return the ids of the owners concerned.

    The rows are locked meanwhile, so that a second worker skips them and a killed one leaves them unchanged.
    Raises VisionError when a model cannot be used, OSError when the storage fails.
    """
    owner_models_lock_shared(owner_ids=_owners_of(image_ids))
    scans = SCANNING.locked(image_ids)
    owners = sorted({scan.image.owner_id for scan in scans})
    for owner_id in owners:
        pipeline = get_pipeline(owner_models(owner_id))
        _scan([scan for scan in scans if scan.image.owner_id == owner_id], pipeline)
    return owners


def photos_scan(
    images: Iterable[Image], pipeline: FacePipeline
) -> tuple[dict[int, list[FoundFace]], dict[int, PhotoUnreadable]]:
    """Detect the faces of photos, all in one batch; return them and the errors, by the id of the photo.

    Ends early when the owner switches face recognition off, who then waits for one photo at most.
    """
    readable: list[int] = []
    errors: dict[int, PhotoUnreadable] = {}

    def pictures() -> Iterator[Pixels]:
        for image in images:
            if not recognition_enabled(image.owner_id):
                return
            try:
                pixels = photo_pixels(image)
            except PhotoUnreadable as error:
                errors[image.pk] = error
            else:
                readable.append(image.pk)
                yield pixels

    found = pipeline.faces_in(pictures())
    return dict(zip(readable, found, strict=True)), errors


def _scan(scans: Sequence[FaceScan], pipeline: FacePipeline) -> None:
    found, errors = photos_scan([scan.image for scan in scans], pipeline)
    owner_id = scans[0].image.owner_id
    if not recognition_enabled(owner_id):  # switched off meanwhile: what was found is discarded
        return
    changes_lock(owner_id)
    # A photo may have been moved to the bin meanwhile; from here on that waits, and then sees the faces.
    images = Image.objects.in_bulk(found)
    turned = [scan for scan in scans if _turned_since(scan.image, images.get(scan.image_id))]
    detector, embedder = pipeline.detector.name, pipeline.embedder.name
    for scan in scans:
        if error := errors.get(scan.image_id):
            scan_fail(scan, reason=error.code, detail=error.detail)
        elif (image := images.get(scan.image_id)) and scan not in turned:
            faces_store(image=image, found=found[image.pk], detector=detector, embedder=embedder)
            scan.state, scan.reason, scan.detail, scan.attempts = FaceScan.State.DONE, "", "", 0
            scan.detector, scan.embedder, scan.finished_at = detector, embedder, timezone.now()
            scan.save()
    if turned:  # what was found lies otherwise; under the lock of people no photo is turned again
        for scan in turned:
            scan.image = images[scan.image_id]
        _scan(turned, pipeline)


def _turned_since(before: Image, now: Image | None) -> bool:
    return now is not None and now.turns != before.turns


def faces_store(*, image: Image, found: Sequence[FoundFace], detector: str, embedder: str) -> list[Face]:
    """Replace the faces of a photo, and assign new ones to people where the match is clear; return them.

    Those of a photo in the bin are not assigned.
    """
    replaced = faces_replace(images=[image], found={image.pk: found}, detector=detector, embedder=embedder)
    new = replaced.new if image.binned_at is None else []
    faces_assign_online(
        faces=[one.face for one in new], vectors=[one.vector for one in new], embedder=embedder
    )
    return [face for face, _found in replaced.written]


def _owners_of(image_ids: Collection[int]) -> list[int]:
    images = Image.objects.filter(pk__in=image_ids).order_by("owner_id")
    return list(images.values_list("owner_id", flat=True).distinct())
