"""The bin: deleted photos, which can be restored for a while and are then erased.

Signals let other apps delete, restore and erase what belongs to a photo in the same transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from albums.models import Image
from albums.querysets import ImageQuerySet, among
from albums.services.arranging.stacks import stacks_follow
from albums.services.erasing.sweeps import sweep_request
from albums.signals import images_binned, images_erasing, images_restored

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Photos that are erased in one transaction.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Binned:
    """Photos that were moved to the bin together. Their common time `at` is used to restore them."""

    at: datetime
    image_ids: list[int]


@transaction.atomic
def images_bin(*, images: ImageQuerySet, by: User, at: datetime | None = None) -> Binned:
    """Move those of `images` that belong to `by` to the bin.

    at: the time of an earlier part of the same change, by default now.
    """
    at = at or timezone.now()
    ids = _locked_ids(images.filter(owner=by), binned=False)
    if ids:
        Image.objects.filter(among("pk", ids)).update(binned_at=at)
        images_binned.send(sender=Image, owner_id=by.pk, image_ids=ids)
        stacks_follow(owner_id=by.pk, image_ids=ids)
    return Binned(at, ids)


@transaction.atomic
def images_restore(*, images: ImageQuerySet, by: User) -> list[int]:
    """Restore those of `images` that belong to `by` from the bin; returns their ids."""
    ids = _locked_ids(images.filter(owner=by), binned=True)
    if ids:
        rows = Image.objects.filter(among("pk", ids))
        since = rows.aggregate(first=Min("binned_at"))["first"]
        rows.update(binned_at=None)
        images_restored.send(sender=Image, owner_id=by.pk, image_ids=ids, since=since)
        stacks_follow(owner_id=by.pk, image_ids=ids)
    return ids


def _locked_ids(images: ImageQuerySet, *, binned: bool) -> list[int]:
    """Lock those of `images` that are in the bin, or are not, and return their ids."""
    state = {"binned_at__isnull": not binned}
    ids = list(images.filter(**state).order_by().values_list("pk", flat=True))
    # In the order of the ids, to avoid deadlocks.
    rows = Image.objects.filter(among("pk", ids), **state).select_for_update(no_key=True).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def images_erase(*, images: ImageQuerySet) -> int:
    """Erase those of `images` that are in the bin, with their files, permanently; returns how many.

    Each batch is a transaction, so that an interrupted call can be repeated.
    """
    ids = sorted(images.filter(binned_at__isnull=False).order_by().values_list("pk", flat=True))
    return sum(_erase(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))


def images_expire(*, images: ImageQuerySet, by: User) -> int:
    """End the time in which photos in `by`'s bin can be restored; returns how many.

    A worker erases them at once with `bin_expire`, which also runs periodically, in case it is interrupted.
    """
    return images.filter(owner=by, binned_at__isnull=False).order_by().update(binned_at=LONG_AGO)


def bin_deadline() -> datetime:
    """Return the time before which photos were deleted that can no longer be restored."""
    return timezone.now() - timedelta(days=settings.BIN_DAYS)


def bin_expire() -> int:
    """Erase the photos of all owners that can no longer be restored; returns how many."""
    return images_erase(images=Image.objects.filter(binned_at__lt=bin_deadline()))


@transaction.atomic
def _erase(ids: Collection[int]) -> int:
    # Receivers lock what belongs to the photos first, as all code does that locks both.
    images_erasing.send(sender=Image, image_ids=list(ids))
    # Checked again, and locked: a photo may have been restored meanwhile.
    rows = Image.objects.filter(pk__in=ids, binned_at__isnull=False).select_for_update().order_by("pk")
    images = list(rows.prefetch_related("renditions"))
    files: dict[int, list[str]] = {}
    for image in images:
        stored = [image.original, *(rendition.file for rendition in image.renditions.all())]
        files.setdefault(image.owner_id, []).extend(str(file.name) for file in stored if file)
    Image.objects.filter(pk__in=[image.pk for image in images]).delete()
    # The owner did not wait for the end of the time.
    urgent = any(image.binned_at == LONG_AGO for image in images)
    for owner_id, names in files.items():
        sweep_request(owner_id=owner_id, files=names, urgent=urgent)
    return len(images)
