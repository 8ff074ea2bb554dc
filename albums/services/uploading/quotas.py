"""How much an account may keep, and what is left of it: asked wherever a file comes in.

Counted are the originals, those in the bin and refused ones that are kept too, and what is announced and
still coming in. Files derived from them do not count.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Max, Sum
from django.template.defaultfilters import filesizeformat

from albums.exceptions import QuotaExceeded
from albums.locks import AdvisoryLock
from albums.models import Image, Quota, Upload
from albums.querysets import ImageQuerySet

_KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """most: the bytes that an account may keep, 0 without a limit. used: those it keeps or has announced."""

    used: int
    most: int

    @property
    def percent(self) -> int:
        """How full it is, at most 100; 0 without a limit."""
        return min(100, round(100 * self.used / self.most)) if self.most else 0


def quota_default() -> int:
    """The limit in bytes of accounts without one of their own; 0 when there is none."""
    return int(settings.QUOTA_MB) * 2**20


def quota_of(owner_id: int) -> int:
    """How many bytes this owner may keep; 0 without a limit."""
    own = Quota.objects.filter(owner_id=owner_id).values_list("most_bytes", flat=True).first()
    return quota_default() if own is None else own


def quota_set(*, owner: User, most_bytes: int | None) -> None:
    """Give an account a limit of its own, 0 for none; None: it has that of all others again."""
    cache.delete(_key(owner.pk))
    if most_bytes is None:
        Quota.objects.filter(owner=owner).delete()
    else:
        Quota.objects.update_or_create(owner=owner, defaults={"most_bytes": most_bytes})


def quota_use(owner_id: int) -> QuotaUse:
    """For a person to read."""
    return QuotaUse(used=stored_bytes(owner_id) + _coming_bytes(owner_id), most=quota_of(owner_id))


def quota_words(most_bytes: int, *, none: str = "as much as there is room for") -> str:
    """A number of bytes in words; `none` for 0."""
    return str(filesizeformat(most_bytes)) if most_bytes else none


def stored_bytes(owner_id: int) -> int:
    """The originals of this owner that are kept, in bytes."""
    found = _kept(owner_id).aggregate(size=Sum("size_bytes"))
    return int(found["size"] or 0)


def quota_check(*, owner_id: int, size: int, promised: int = 0) -> None:
    """Make sure that `size` more bytes may come, and keep all others waiting until this transaction ends.

    promised: those of them that an announced upload counts already. Raises QuotaExceeded. Without a limit
    nobody waits, and nothing is counted.
    """
    most = quota_of(owner_id)
    if not most:
        return
    AdvisoryLock.QUOTA.acquire(owner_id)
    coming = _coming_bytes(owner_id) - promised
    if _counted(owner_id) + coming + size <= most:
        return
    # What was erased since is in that number: it is counted anew before anybody is turned away.
    cache.delete(_key(owner_id))
    used = _counted(owner_id) + coming
    if used + size > most:
        raise QuotaExceeded(used=used, most=most)


def _counted(owner_id: int) -> int:
    """As `stored_bytes`, or more; a large library is not added up for each of its files.

    Kept is a sum with the newest photo in it, and what is newer is added. That misses nothing, since all who
    add hold the lock.
    """
    newest, known = cache.get(_key(owner_id)) or (0, 0)
    found = _kept(owner_id).filter(pk__gt=newest).aggregate(size=Sum("size_bytes"), newest=Max("pk"))
    total = known + (found["size"] or 0)
    cache.set(_key(owner_id), (found["newest"] or newest, total), timeout=_KEPT_SECONDS)
    return int(total)


def _kept(owner_id: int) -> ImageQuerySet:
    return Image.objects.filter(owner_id=owner_id).exclude(original="").order_by()


def _coming_bytes(owner_id: int) -> int:
    coming = Upload.objects.filter(owner_id=owner_id).unfinished()
    return int(coming.aggregate(size=Sum("size_bytes"))["size"] or 0)


def _key(owner_id: int) -> str:
    return f"albums:stored-bytes:{owner_id}"
