"""Making what was found beside (see `staging`) the faces of an owner's photos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from albums.models import Image
from faces.conf import FaceSettings
from faces.models import Face, FaceEmbedding, FaceScan, StagedFace, StagedScan
from faces.services.detecting.box_matching import carry_over, faces_held
from faces.services.detecting.embeddings import embeddings_date
from faces.services.history.history import embeddings_remember
from faces.services.reindexing.staging import staged_remove, staged_scans
from faces.vision.types import Box

CHUNK = 500
"""Photos whose faces are in memory at once."""

BATCH = 1000

COLUMNS = ("x", "y", "w", "h", "landmarks", "score", "quality", "poor_reason", "crop")
"""What a face has from a staged one."""


@dataclass(slots=True)
class Carryover:
    """What became of the faces.

    photos: looked at. again: faces that were found again; new: that were not there; kept: that were not found
    and stay, since something was said of them; gone: that were not found and go. failed: photos in which
    faces could not be looked for; they keep what they have.
    """

    photos: int = 0
    again: int = 0
    new: int = 0
    kept: int = 0
    gone: int = 0
    failed: int = 0


@dataclass(slots=True)
class _Batch:
    """What is to be written for some photos. held: ids of the faces that stay whatever was found."""

    models: FaceSettings
    held: set[int]
    outcome: Carryover
    updated: list[Face] = field(default_factory=list)
    made: list[Face] = field(default_factory=list)
    vectors: list[tuple[Face, StagedFace]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)

    def add(self, image_id: int, there: Sequence[Face], found: Sequence[StagedFace]) -> None:
        """Match the faces of one photo."""
        boxes = [Box(face.x, face.y, face.w, face.h) for face in found]
        carried = carry_over(there=there, found=boxes, held=self.held)
        for new, old in carried.same.items():
            if not there[old].drawn:
                self._take(there[old], found[new])
                self.updated.append(there[old])
        for new in carried.new:
            face = Face(image_id=image_id)
            self._take(face, found[new])
            self.made.append(face)
        self.gone += [there[old].pk for old in carried.gone]
        self.outcome.photos += 1
        self.outcome.again += len(carried.same)
        self.outcome.new += len(carried.new)
        self.outcome.kept += len(carried.kept)
        self.outcome.gone += len(carried.gone)

    def _take(self, face: Face, staged: StagedFace) -> None:
        for column in COLUMNS:
            setattr(face, column, getattr(staged, column))
        face.detector = self.models.detector
        self.vectors.append((face, staged))


def scans_lock(*, images: QuerySet[Image]) -> None:
    """Lock the rows of the scans that a switch writes to; to be done before the journal's lock is taken."""
    scans = FaceScan.objects.filter(image__in=images).select_for_update(of=("self",)).order_by("pk")
    list(scans.values_list("pk", flat=True))


def staged_apply(*, images: QuerySet[Image], models: FaceSettings) -> Carryover:
    """Make the staged faces of `images` their faces, within the change that is being recorded.

    A face that is found again stays the same row, with its person and all that was said of it. The pictures
    of faces before that stay in the storage: undoing the change needs them.
    """
    scans = staged_scans(models=models).filter(image__in=images).exclude(state=FaceScan.State.PENDING)
    outcome = Carryover()
    image_ids = list(
        scans.filter(state=FaceScan.State.DONE).order_by("image_id").values_list("image_id", flat=True)
    )
    for start in range(0, len(image_ids), CHUNK):
        _apply(image_ids[start : start + CHUNK], models, outcome)
    outcome.failed = _scans_fail(scans.filter(state=FaceScan.State.FAILED))
    staged_remove(scans)
    return outcome


def _apply(image_ids: Sequence[int], models: FaceSettings, outcome: Carryover) -> None:
    present = Face.objects.filter(image__in=image_ids)
    held = set(faces_held(present).values_list("pk", flat=True))
    there: dict[int, list[Face]] = defaultdict(list)
    for face in present.order_by("pk").select_for_update(of=("self",)):
        there[face.image_id].append(face)
    found: dict[int, list[StagedFace]] = defaultdict(list)
    scans = staged_scans(models=models).filter(image__in=image_ids)
    for staged in StagedFace.objects.filter(scan__in=scans).select_related("scan").order_by("pk"):
        found[staged.scan.image_id].append(staged)
    batch = _Batch(models, held, outcome)
    for image_id in image_ids:
        batch.add(image_id, there[image_id], found[image_id])
    _write(batch)
    _scans_done(image_ids, models)


def _write(batch: _Batch) -> None:
    images = Image.objects.filter(pk__in={face.image_id for face, _staged in batch.vectors})
    owners = dict(images.values_list("pk", "owner_id"))
    # While they are still those of the boxes that are there.
    embeddings_date(faces=Face.objects.filter(pk__in=[face.pk for face in batch.updated]))
    # An insert that meets a row with its id writes to that row: for many rows much faster than an update.
    Face.objects.bulk_create(
        batch.updated,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*COLUMNS, "detector"],
        batch_size=BATCH,
    )
    Face.objects.bulk_create(batch.made, batch_size=BATCH)
    FaceEmbedding.objects.bulk_create(
        [
            FaceEmbedding.made_of(
                face,
                owner_id=owners[face.image_id],
                model=batch.models.embedder,
                vector=staged.vector,
                clarity=staged.clarity,
            )
            for face, staged in batch.vectors
        ],
        update_conflicts=True,
        unique_fields=["face", "model"],
        update_fields=["vector", "clarity", "box"],
        batch_size=BATCH,
    )
    embeddings_remember(face_ids=batch.gone)
    gone = Face.objects.filter(pk__in=batch.gone)
    gone.update(crop="")  # a face that goes takes its picture along, which undoing needs
    gone.delete()
    StagedFace.objects.filter(pk__in=[staged.pk for _face, staged in batch.vectors]).update(crop="")


def _scans_done(image_ids: Sequence[int], models: FaceSettings) -> None:
    FaceScan.objects.bulk_create([FaceScan(image_id=pk) for pk in image_ids], ignore_conflicts=True)
    FaceScan.objects.filter(image__in=image_ids).update(
        state=FaceScan.State.DONE,
        attempts=0,
        reason="",
        detail="",
        detector=models.detector,
        embedder=models.embedder,
        finished_at=timezone.now(),
    )


def _scans_fail(staged: QuerySet[StagedScan]) -> int:
    failed = {scan.image_id: scan for scan in staged}
    FaceScan.objects.bulk_create([FaceScan(image_id=pk) for pk in failed], ignore_conflicts=True)
    scans = list(FaceScan.objects.filter(image__in=failed))
    for scan in scans:
        scan.state, scan.finished_at = FaceScan.State.FAILED, timezone.now()
        scan.reason, scan.detail = failed[scan.image_id].reason, failed[scan.image_id].detail
    FaceScan.objects.bulk_update(scans, ["state", "finished_at", "reason", "detail"], batch_size=BATCH)
    return len(scans)
