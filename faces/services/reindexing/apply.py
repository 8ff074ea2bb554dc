"""Making what was found beside (see `staging`) the faces of an owner's photos."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from albums.models import Image
from faces.conf import FaceSettings
from faces.models import FaceScan, StagedFace, StagedScan
from faces.services.detecting.rows import BATCH, faces_replace
from faces.services.reindexing.staging import staged_remove, staged_scans

CHUNK = 500
"""Photos whose faces are in memory at once."""


@dataclass(slots=True)
class ScanCounts:
    """Counts of an applied reindex.

    photos: scanned. again: faces found again. new: not there before. preserved: not found again but protected
    by a decision. gone: not found and deleted. failed: photos whose scan failed; their faces stay.
    """

    photos: int = 0
    again: int = 0
    new: int = 0
    preserved: int = 0
    gone: int = 0
    failed: int = 0


def scans_lock(*, images: QuerySet[Image]) -> None:
    """Lock the rows of the scans that a switch writes to; to be done before the journal's lock is taken."""
    scans = FaceScan.objects.filter(image__in=images).select_for_update(of=("self",)).order_by("pk")
    list(scans.values_list("pk", flat=True))


def staged_apply(*, images: QuerySet[Image], models: FaceSettings) -> ScanCounts:
    """Make the staged faces of `images` their faces, within the change that is being recorded.

    A face that is found again stays the same row, with its person and verdicts. The former crops stay in the
    storage: undoing the change needs them.
    """
    scans = staged_scans(models=models).filter(image__in=images).exclude(state=FaceScan.State.PENDING)
    outcome = ScanCounts()
    image_ids = list(
        scans.filter(state=FaceScan.State.DONE).order_by("image_id").values_list("image_id", flat=True)
    )
    for start in range(0, len(image_ids), CHUNK):
        _apply(image_ids[start : start + CHUNK], models, outcome)
    outcome.failed = _scans_fail(scans.filter(state=FaceScan.State.FAILED))
    staged_remove(scans)
    return outcome


def _apply(image_ids: Sequence[int], models: FaceSettings, outcome: ScanCounts) -> None:
    found: dict[int, list[StagedFace]] = defaultdict(list)
    scans = staged_scans(models=models).filter(image__in=image_ids)
    for staged in StagedFace.objects.filter(scan__in=scans).select_related("scan").order_by("pk"):
        found[staged.scan.image_id].append(staged)
    replaced = faces_replace(
        images=list(Image.objects.filter(pk__in=image_ids).order_by("pk")),
        found=found,
        detector=models.detector,
        embedder=models.embedder,
        undoable=True,
    )
    outcome.photos += len(image_ids)
    outcome.again += replaced.again
    outcome.new += len(replaced.new)
    outcome.preserved += replaced.preserved
    outcome.gone += len(replaced.gone)
    taken = [one.pk for _face, one in replaced.written if isinstance(one, StagedFace)]
    StagedFace.objects.filter(pk__in=taken).update(crop="")
    _scans_done(image_ids, models)


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
