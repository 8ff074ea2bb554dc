"""Storage quotas of accounts, checked wherever a file is added.

They limit originals, also those in the bin or refused, and announced uploads, but no derived files.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Max, Sum

from albums.exceptions import QuotaExceeded, RefusalCode
from albums.locks import AdvisoryLock
from albums.models import Image, Quota, Upload
from albums.querysets import ImageQuerySet

_CACHE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """used: the stored and announced bytes of an account. most: its limit, 0 without one."""

    used: int
    most: int

    @property
    def percent(self) -> int:
        """The share of the limit in use, at most 100; 0 without a limit."""
        return min(100, round(100 * self.used / self.most)) if self.most else 0


def quota_default() -> int:
    """Return the limit in bytes of accounts without their own; 0 without a limit."""
    return int(settings.QUOTA_MB) * 2**20


def quota_of(owner_id: int) -> int:
    """Return the limit in bytes of an account; 0 without a limit."""
    own = Quota.objects.filter(owner_id=owner_id).values_list("most_bytes", flat=True).first()
    return quota_default() if own is None else own


def quota_set(*, owner: User, most_bytes: int | None) -> None:
    """Set the limit of an account: 0 for none, None for the default."""
    cache.delete(_key(owner.pk))
    if most_bytes is None:
        Quota.objects.filter(owner=owner).delete()
    else:
        Quota.objects.update_or_create(owner=owner, defaults={"most_bytes": most_bytes})


def quota_use(owner_id: int) -> QuotaUse:
    """Return the use of an account's quota."""
    return QuotaUse(used=stored_bytes(owner_id) + _announced_bytes(owner_id), most=quota_of(owner_id))


def stored_bytes(owner_id: int) -> int:
    """Return the bytes of an account's stored originals."""
    return int(_stored(owner_id).aggregate(size=Sum("size_bytes"))["size"] or 0)


def quota_check(*, owner_id: int, size: int, promised: int = 0) -> None:
    """Raise QuotaExceeded unless `size` more bytes are allowed; lock the quota until the transaction ends.

    promised: bytes of these that an announced upload has counted. Without a limit nothing is locked.
    """
    most = quota_of(owner_id)
    if not most:
        return
    AdvisoryLock.QUOTA.acquire(owner_id)
    announced = _announced_bytes(owner_id) - promised
    if _counted(owner_id) + announced + size <= most:
        return
    # The cached count may include photos that were deleted since.
    cache.delete(_key(owner_id))
    used = _counted(owner_id) + announced
    if used + size > most:
        detail = f"The storage of this account is full: {used:,} of {most:,} bytes are used."
        raise QuotaExceeded(RefusalCode.QUOTA_EXCEEDED, detail, {"used_bytes": used, "most_bytes": most})


def _counted(owner_id: int) -> int:
    """Return `stored_bytes` or more: a cached sum up to a photo, plus the photos after it.

    No photo is missed, since whoever adds one holds the lock.
    """
    newest, known = cache.get(_key(owner_id)) or (0, 0)
    found = _stored(owner_id).filter(pk__gt=newest).aggregate(size=Sum("size_bytes"), newest=Max("pk"))
    total = known + (found["size"] or 0)
    cache.set(_key(owner_id), (found["newest"] or newest, total), timeout=_CACHE_SECONDS)
    return int(total)


def _stored(owner_id: int) -> ImageQuerySet:
    return Image.objects.filter(owner_id=owner_id).exclude(original="").order_by()


def _announced_bytes(owner_id: int) -> int:
    uploads = Upload.objects.filter(owner_id=owner_id).unfinished()
    return int(uploads.aggregate(size=Sum("size_bytes"))["size"] or 0)


def _key(owner_id: int) -> str:
    return f"albums:stored-bytes:{owner_id}"
