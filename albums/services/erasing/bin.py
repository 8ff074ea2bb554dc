"""The bin: photos that were thrown away, which come back whole for a while and are then erased.

What else hangs on a photo (its faces) goes along in the same transaction: see the signals.
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
from albums.signals import images_binned, images_erasing, images_restored

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Photos that are erased in one transaction.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Binned:
    """What one throw put into the bin. All of it has the moment `at`, by which it is taken out again."""

    at: datetime
    image_ids: list[int]


def images_bin(*, images: ImageQuerySet, by: User) -> Binned:
    """Put those of `images` into the bin that are `by`'s own; nobody else throws them away."""
    with transaction.atomic():
        at = timezone.now()
        mine = images.filter(owner=by, binned_at=None)
        ids = sorted(mine.order_by().values_list("pk", flat=True))
        # In the order of the ids, so that two who do this at once never wait for each other.
        locked = Image.objects.filter(among("pk", ids), binned_at=None)
        ids = list(locked.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        if ids:
            Image.objects.filter(among("pk", ids)).update(binned_at=at)
            images_binned.send(sender=Image, owner_id=by.pk, image_ids=ids)
    return Binned(at, ids)


def images_restore(*, images: ImageQuerySet, by: User) -> list[int]:
    """Take those of `images` out of the bin that are `by`'s own; returns their ids."""
    with transaction.atomic():
        mine = images.filter(owner=by, binned_at__isnull=False)
        ids = sorted(mine.order_by().values_list("pk", flat=True))
        locked = Image.objects.filter(among("pk", ids), binned_at__isnull=False)
        ids = list(locked.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        if ids:
            rows = Image.objects.filter(among("pk", ids))
            since = rows.aggregate(first=Min("binned_at"))["first"]
            rows.update(binned_at=None)
            images_restored.send(sender=Image, owner_id=by.pk, image_ids=ids, since=since)
    return ids


def images_erase(*, images: ImageQuerySet) -> int:
    """Erase those of `images` that are in the bin: rows, files, and all that hangs on them. For good.

    A batch in a transaction of its own, so that what is stopped half-way is half done and can be gone on
    with. Returns how many are gone.
    """
    ids = sorted(images.filter(binned_at__isnull=False).order_by().values_list("pk", flat=True))
    return sum(_erase(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))


def images_expire(*, images: ImageQuerySet, by: User) -> int:
    """Let the time of photos in `by`'s bin be over: from now on nothing brings them back.

    They are erased by `bin_expire`, which a worker runs at once and the clock runs again, so that it happens
    however many they are and whatever falls over. Returns how many.
    """
    return images.filter(owner=by, binned_at__isnull=False).order_by().update(binned_at=LONG_AGO)


def bin_deadline() -> datetime:
    """What was thrown away before this moment has been in the bin for long enough."""
    return timezone.now() - timedelta(days=settings.BIN_DAYS)


def bin_expire() -> int:
    """Erase what has been in the bin for long enough, whoever's it is; returns how many photos."""
    return images_erase(images=Image.objects.filter(binned_at__lt=bin_deadline()))


def _erase(ids: Collection[int]) -> int:
    with transaction.atomic():
        # Who listens locks what hangs on the photos first, as everybody does who also needs the photo.
        images_erasing.send(sender=Image, image_ids=list(ids))
        # Again, and locked: it may have been taken out of the bin in between.
        rows = Image.objects.filter(pk__in=ids, binned_at__isnull=False).select_for_update().order_by("pk")
        doomed = list(rows.values_list("pk", flat=True))
        Image.objects.filter(pk__in=doomed).delete()
    return len(doomed)
