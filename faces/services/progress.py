"""How far the search for faces and their grouping is, as stages beside those of the albums."""

from __future__ import annotations

from datetime import datetime
from shlex import quote

from django.db.models import Count, Q

from albums.models import Image
from albums.services.progress import Failure, Stage
from faces.models import Face, FaceScan, Person
from faces.services.clustering import owner_is_stale


def photos_looked_at(owner_id: int) -> Stage:
    """The search for faces in the photos that could be read."""
    ready = Image.objects.filter(owner_id=owner_id).ready().count()
    counts = FaceScan.objects.filter(image__owner_id=owner_id, image__state=Image.State.READY).aggregate(
        done=Count("id", filter=Q(state=FaceScan.State.DONE)),
        failed=Count("id", filter=Q(state=FaceScan.State.FAILED)),
    )
    faces = Face.objects.filter(image__owner_id=owner_id).count()
    return Stage(
        name="scan",
        label="Photos looked at",
        total=ready,
        detail=f"{faces} face" if faces == 1 else f"{faces} faces",
        **counts,
    )


def people_grouped(owner_id: int) -> Stage:
    """The grouping of the faces: one piece of work, done when no photo was looked at since."""
    people = Person.objects.filter(owner_id=owner_id, faces__isnull=False).distinct().count()
    return Stage(
        name="group",
        label="People grouped",
        done=0 if owner_is_stale(owner_id) else 1,
        total=1,
        detail=f"{people} person" if people == 1 else f"{people} people",
    )


def scans_failed(owner_id: int, _since: datetime) -> list[Failure]:
    """The photos in which faces could not be looked for, whenever that was: they can be tried again."""
    scans = FaceScan.objects.filter(image__owner_id=owner_id, state=FaceScan.State.FAILED)
    return [
        Failure(
            path=scan.image.source_path,
            reason=f"faces could not be looked for: {scan.detail or scan.reason}",
            remedy=f"bin/manage reindex --failed --owner {quote(scan.image.owner.username)}",
        )
        for scan in scans.select_related("image__owner").order_by("image__source_path")
    ]
