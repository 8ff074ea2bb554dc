"""Looking for faces again: in all photos, in an album's, or where it failed. Names survive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from albums.models import Album, Image
from faces.models import FaceScan
from faces.services.detection import scans_claim, scans_open, scans_run

BATCH = 8


def images_to_reindex(
    images: QuerySet[Image], *, albums: Sequence[Album] = (), failed_only: bool = False
) -> QuerySet[Image]:
    """Of `images`, those that can be looked at: of these albums (all when none), and only where it failed."""
    chosen = images.filter(state=Image.State.READY)
    if albums:
        chosen = chosen.filter(albums__in=albums).distinct()
    if failed_only:
        chosen = chosen.filter(face_scan__state=FaceScan.State.FAILED)
    return chosen


def images_reopen(image_ids: Sequence[int]) -> None:
    """Have faces looked for again in these images. Until then they keep the faces that they have.

    Whatever happens to this process, the workers take up what is left when they are next told to resume.
    """
    FaceScan.objects.filter(image_id__in=image_ids).update(
        state=FaceScan.State.PENDING, attempts=0, reason="", detail=""
    )
    scans_open(image_ids)


def images_rescan(image_ids: Sequence[int]) -> Iterator[int]:
    """Look for faces again in this process, batch by batch; yields how many photos each batch had.

    Photos that a worker has taken meanwhile are left to it.
    """
    for start in range(0, len(image_ids), BATCH):
        batch = image_ids[start : start + BATCH]
        scans_run(scans_claim(batch))
        yield len(batch)
