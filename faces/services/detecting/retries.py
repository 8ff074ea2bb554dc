"""Retry failed scans."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db.models import QuerySet

from faces.models import FaceScan


def failed_scans(owner: User) -> QuerySet[FaceScan]:
    """Scans of the owner's photos that failed, the newest first; not of photos in the bin."""
    failed = FaceScan.objects.visible_to(owner).filter(state=FaceScan.State.FAILED, image__binned_at=None)
    ordered: QuerySet[FaceScan] = failed.select_related("image").order_by("-finished_at", "-pk")
    return ordered


def scans_retry(*, owner: User, image_ids: Collection[int] | None = None) -> list[int]:
    """Mark failed scans as open: all, or those of some photos. Returns the ids of the photos.

    The caller asks the workers.
    """
    failed = failed_scans(owner)
    if image_ids is not None:
        failed = failed.filter(image__in=image_ids)
    ids = list(failed.values_list("image_id", flat=True))
    FaceScan.objects.filter(image__in=ids, state=FaceScan.State.FAILED).update(
        state=FaceScan.State.PENDING, attempts=0, reason="", detail=""
    )
    return ids
