"""Progress of scanning and grouping, as stages beside those of the albums."""

from datetime import datetime
from shlex import quote

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from albums.models import Image
from albums.number_formats import with_numbers
from albums.services.core.photo_counts import PhotoCounts
from albums.services.core.progress import Failure, Stage
from faces.models import Face, FaceScan, Person
from faces.querysets import FaceScanQuerySet
from faces.services.attributes.consent import attributes_available, attributes_enabled
from faces.services.attributes.estimation import attributes_count, faces_unestimated
from faces.services.core.consent import recognition_enabled
from faces.services.grouping.run import owner_is_stale


def photos_stage(owner_id: int, photos: PhotoCounts) -> Stage | None:
    """Return `scan_stage`, or None if face recognition is off."""
    return scan_stage(owner_id, photos) if recognition_enabled(owner_id) else None


def people_stage(owner_id: int, _photos: PhotoCounts) -> Stage | None:
    """Return `grouping_stage`, or None if face recognition is off."""
    return grouping_stage(owner_id) if recognition_enabled(owner_id) else None


def scanning_unfinished(owner_id: int) -> bool:
    """Return whether there are photos that are not scanned."""
    if not recognition_enabled(owner_id):
        return False
    if _scans(owner_id).pending().exists():
        return True
    # Of any state, so that indexes have the whole answer: no row of either table is read.
    scanned = FaceScan.objects.filter(image=OuterRef("pk"))
    return Image.objects.filter(~Exists(scanned), owner_id=owner_id, binned_at=None).ready().exists()


def grouping_unfinished(owner_id: int) -> bool:
    """Return whether the faces need a new grouping."""
    return recognition_enabled(owner_id) and owner_is_stale(owner_id)


def _scans(owner_id: int) -> FaceScanQuerySet:
    """Return the scans of the owner's photos that were read and are not in the bin."""
    return FaceScan.objects.filter(
        image__owner_id=owner_id, image__state=Image.State.READY, image__binned_at=None
    )


def scan_stage(owner_id: int, photos: PhotoCounts) -> Stage:
    """Return the progress of scanning the readable photos for faces."""
    scans = _scans(owner_id)
    # Nearly all are done: all are counted in an index, and the others are few.
    others = scans.filter(state__in=[FaceScan.State.PENDING, FaceScan.State.FAILED]).aggregate(
        all=Count("pk"), failed=Count("pk", filter=Q(state=FaceScan.State.FAILED))
    )
    faces = _face_count(owner_id)
    return Stage(
        name="scan",
        label=_("Scanned for faces"),
        done=scans.count() - others["all"],
        total=photos.photos,
        failed=others["failed"],
        detail=with_numbers(ngettext("%(count)s face", "%(count)s faces", faces), count=faces),
    )


def _face_count(owner_id: int) -> int:
    """Return the number of the owner's faces outside the bin, also dismissed ones, in one query.

    Three parts with an index each: an owner has few people, whose faces are found without their photos.
    """
    seen = Face.objects.filter(binned=False)
    mine = seen.filter(image__owner_id=owner_id)
    parts = (
        seen.filter(person__owner_id=owner_id, dismissed=False),
        mine.filter(person=None, dismissed=False),
        mine.filter(dismissed=True),
    )
    first, *others = (part.order_by().values("image_id") for part in parts)
    return first.union(*others, all=True).count()


def grouping_stage(owner_id: int) -> Stage:
    """Return the progress of the grouping: one step, done if no photo was scanned since."""
    seen = Face.objects.filter(person=OuterRef("pk"), binned=False)
    people = Person.objects.filter(Exists(seen), owner_id=owner_id).count()
    stale = owner_is_stale(owner_id)
    return Stage(
        name="group",
        label=_("Grouping people…") if stale else _("People grouped"),
        done=0 if stale else 1,
        total=1,
        detail=with_numbers(ngettext("%(count)s person", "%(count)s people", people), count=people),
    )


def attributes_stage(owner_id: int, _photos: PhotoCounts) -> Stage | None:
    """Return the progress of estimating age and gender, or None if that is off."""
    if not attributes_enabled(owner_id):
        return None
    done, total = attributes_count(owner_id)
    return Stage(name="attributes", label=_("Age and gender estimated"), done=done, total=total)


def attributes_unfinished(owner_id: int) -> bool:
    """Return whether there are faces to estimate; without the model that waits for its installation."""
    return attributes_enabled(owner_id) and attributes_available() and faces_unestimated(owner_id).exists()


def scan_failures(owner_id: int, _since: datetime) -> list[Failure]:
    """Return the photos whose scan failed, at any time: they can be retried."""
    scans = FaceScan.objects.filter(image__owner_id=owner_id, state=FaceScan.State.FAILED)
    return [
        Failure(
            path=scan.image.source_path,
            reason=f"faces could not be looked for: {scan.detail or scan.why}",
            remedy=f"bin/manage reindex --failed --owner {quote(scan.image.owner.username)}",
        )
        for scan in scans.select_related("image__owner").order_by("image__source_path")
    ]
