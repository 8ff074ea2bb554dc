"""Similar photos: near-duplicates and bursts as stacks, and what their owner decides about them."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Mod

from albums.models import DifferentPhotos, Image, ImageFingerprint
from albums.querysets import among
from albums.services.arranging.near_photos import Stack, clock, divided, near_groups
from albums.services.arranging.stacks import stacks_follow
from albums.services.core.people_names import names_in
from albums.services.reading.fingerprints import WITHOUT_FINGERPRINT

CACHED_SECONDS = 24 * 3600
_MODULUS = 2**31 - 1


def stacks_of(owner: User) -> list[Stack]:
    """Return the stacks of an owner's photos, whenever they were taken, those with the newest photos first.

    `bursts_of` has those that lists show as one.
    """
    near = _near_photos(owner)
    ids = [image_id for group in near for image_id in group]
    rows = Image.objects.owned_by(owner).ready().filter(among("pk", ids))
    taken = dict(rows.order_by().values_list("pk", "captured_at"))
    stacks = divided(near, taken, owner.pk)
    return sorted(stacks, key=lambda stack: (max(clock(taken[pk]) for pk in stack), stack), reverse=True)


def photos_unhashed(owner: User) -> int:
    """Return how many photos of an owner have not been compared yet."""
    return Image.objects.owned_by(owner).ready().filter(WITHOUT_FINGERPRINT).count()


@transaction.atomic
def different_photos_add(*, image_ids: Collection[int], by: User) -> DifferentPhotos | None:
    """Remember that these photos of `by` are different; None for fewer than two."""
    mine = Image.objects.owned_by(by).filter(among("pk", image_ids)).order_by("pk")
    ids = list(mine.values_list("pk", flat=True))
    if len(ids) < 2:
        return None
    decision = DifferentPhotos.objects.create(owner=by, image_ids=ids)
    stacks_follow(owner_id=by.pk, image_ids=ids)
    return decision


@transaction.atomic
def different_photos_remove(*, decision_id: int, by: User) -> bool:
    """Undo `different_photos_add`; False if there is no such decision of this user."""
    decision = DifferentPhotos.objects.filter(pk=decision_id, owner=by).first()
    if decision is None:
        return False
    decision.delete()
    stacks_follow(owner_id=by.pk, image_ids=decision.image_ids)
    return True


def _near_photos(owner: User) -> list[Stack]:
    """Return groups of photos with nearly the same hash, without regard to decisions and times.

    Cached until the photos or their hashes change: 100,000 photos take seconds.
    """
    rows = ImageFingerprint.objects.filter(
        image__owner=owner, image__binned_at=None, image__state=Image.State.READY, hash__isnull=False
    )
    state = rows.aggregate(
        count=Count("pk"),
        ids=Sum("image_id"),
        hashes=Sum(Mod("hash", _MODULUS)),
        detailed=Count("detail"),
        details=Sum(Mod("detail", _MODULUS)),
    )
    key = ":".join(map(str, ("similar-photos", owner.pk, *state.values())))
    found: list[Stack] | None = cache.get(key)
    if found is None:
        found = near_groups(rows.values_list("image_id", "hash", "detail"))
        cache.set(key, found, CACHED_SECONDS)
    return found


def names_leaving(owner: User, *, leaving: Collection[int], staying: Collection[int]) -> list[str]:
    """Return the names of people who are in photos of `leaving` and in none of `staying`, alphabetically."""
    names = names_in([*leaving, *staying], owner_id=owner.pk)
    remaining = {name for pk in staying for name in names.get(pk, ())}
    return sorted({name for pk in leaving for name in names.get(pk, ())} - remaining)
