"""Similar photos: near-duplicates and bursts as stacks, and what their owner decides about them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Count, Sum
from django.db.models.functions import Mod

from albums.extensions import provided
from albums.imaging.near_hashes import near_pairs, stars
from albums.models import DifferentPhotos, Image, ImageFingerprint
from albums.querysets import among
from albums.services.core.people_names import names_in

TOGETHER = timedelta(minutes=1)
"""Two photos of a burst are taken so soon after each other, at most."""

CACHED_SECONDS = 24 * 3600
_MODULUS = 2**31 - 1

ScoreSource = Callable[[int, Collection[int]], Mapping[int, float]]
"""Takes an owner's id and image ids; returns how clear the faces in each photo are together, 0 or more."""

Stack = list[int]
"""The ids of similar photos, by the time when they were taken."""


@dataclass(frozen=True, slots=True)
class StackedPhoto:
    """A photo of a stack. score: how good it is beside the others, 0 to 1; best: it has the highest."""

    image: Image
    sharpness: float
    score: float
    best: bool


def stacks_of(owner: User, *, together: bool = False) -> list[Stack]:
    """Return the stacks of an owner's photos, those with the newest photos first.

    together: only photos that were taken within a minute after each other are similar.
    """
    near = _near_photos(owner)
    ids = [image_id for group in near for image_id in group]
    rows = Image.objects.owned_by(owner).ready().filter(among("pk", ids))
    taken = dict(rows.order_by().values_list("pk", "captured_at"))
    decisions = _decisions(owner)
    stacks = [
        stack
        for group in near
        for stack in _split([pk for pk in group if pk in taken], taken, decisions, together=together)
    ]
    return sorted(stacks, key=lambda stack: (max(_clock(taken[pk]) for pk in stack), stack), reverse=True)


def stack_photos(owner: User, stacks: Iterable[Stack]) -> list[list[StackedPhoto]]:
    """Return the photos of these stacks, the best of each first."""
    stacks = list(stacks)
    ids = [pk for stack in stacks for pk in stack]
    rows = Image.objects.owned_by(owner).select_related("fingerprint").in_bulk(ids)
    faces: dict[int, float] = {}
    for source in provided(lambda app: app.face_scores):
        for image_id, score in source(owner.pk, ids).items():
            faces[image_id] = faces.get(image_id, 0) + score
    return [_ranked([rows[pk] for pk in stack if pk in rows], faces) for stack in stacks]


def photos_unhashed(owner: User) -> int:
    """Return how many photos of an owner have not been compared yet."""
    return Image.objects.owned_by(owner).ready().filter(fingerprint=None).count()


def different_photos_add(*, image_ids: Collection[int], by: User) -> DifferentPhotos | None:
    """Remember that these photos of `by` are different; None for fewer than two."""
    mine = Image.objects.owned_by(by).filter(among("pk", image_ids)).order_by("pk")
    ids = list(mine.values_list("pk", flat=True))
    return DifferentPhotos.objects.create(owner=by, image_ids=ids) if len(ids) > 1 else None


def different_photos_remove(*, decision_id: int, by: User) -> bool:
    """Undo `different_photos_add`; False if there is no such decision of this user."""
    deleted, _by_table = DifferentPhotos.objects.filter(pk=decision_id, owner=by).delete()
    return bool(deleted)


def _near_photos(owner: User) -> list[Stack]:
    """Return groups of photos with nearly the same hash, without regard to decisions and times.

    Cached until the photos or their hashes change: 100,000 photos take seconds.
    """
    rows = ImageFingerprint.objects.filter(
        image__owner=owner, image__binned_at=None, image__state=Image.State.READY, hash__isnull=False
    )
    state = rows.aggregate(count=Count("pk"), ids=Sum("image_id"), hashes=Sum(Mod("hash", _MODULUS)))
    key = f"similar-photos:{owner.pk}:{state['count']}:{state['ids']}:{state['hashes']}"
    found: list[Stack] | None = cache.get(key)
    if found is None:
        found = _groups(rows.values_list("image_id", "hash"))
        cache.set(key, found, CACHED_SECONDS)
    return found


def _groups(rows: Iterable[tuple[int, Any]]) -> list[Stack]:
    table = np.array(list(rows), dtype=np.int64).reshape(-1, 2)
    # The same hash many times is one: a hundred thousand blank pages are no five thousand million pairs.
    hashes, group_of = np.unique(table[:, 1].view(np.uint64), return_inverse=True)
    order = np.argsort(group_of, kind="stable")
    members = np.split(table[order, 0], np.cumsum(np.bincount(group_of, minlength=len(hashes)))[:-1])
    near = stars(len(hashes), near_pairs(hashes))
    alone = np.ones(len(hashes), bool)
    alone[[place for group in near for place in group]] = False
    groups = [*near, *([int(place)] for place in np.flatnonzero(alone) if len(members[place]) > 1)]
    return [sorted(int(pk) for place in group for pk in members[place]) for group in groups]


def _decisions(owner: User) -> dict[int, set[int]]:
    """Return the decisions about each photo, by its id."""
    found: dict[int, set[int]] = {}
    for pk, image_ids in DifferentPhotos.objects.filter(owner=owner).values_list("pk", "image_ids"):
        for image_id in image_ids:
            found.setdefault(image_id, set()).add(pk)
    return found


def _split(
    group: Sequence[int],
    taken: Mapping[int, datetime | None],
    decisions: Mapping[int, set[int]],
    *,
    together: bool,
) -> list[Stack]:
    """Split near photos by the decisions of the owner and, with `together`, by the time between them."""
    stacks: list[Stack] = []
    spoken: list[set[int]] = []
    for pk in sorted(group, key=lambda pk: (_clock(taken[pk]), pk)):
        about = decisions.get(pk, set())
        for place, stack in enumerate(stacks):
            apart = together and not _soon_after(taken[stack[-1]], taken[pk])
            if not apart and not about & spoken[place]:
                stack.append(pk)
                spoken[place] |= about
                break
        else:
            stacks.append([pk])
            spoken.append(set(about))
    return [stack for stack in stacks if len(stack) > 1]


def _soon_after(before: datetime | None, after: datetime | None) -> bool:
    return before is not None and after is not None and after - before <= TOGETHER


def _clock(taken: datetime | None) -> str:
    """Return a text by which times are ordered, photos without one first."""
    return taken.isoformat() if taken else ""


def _ranked(images: Sequence[Image], faces: Mapping[int, float]) -> list[StackedPhoto]:
    """Return the photos, the best first: a favourite, else the sharp, large one with clear faces."""
    sharpness = {image.pk: image.fingerprint.sharpness for image in images}
    parts = [
        sharpness,
        {image.pk: float((image.width or 0) * (image.height or 0)) for image in images},
        {image.pk: faces.get(image.pk, 0.0) for image in images},
    ]
    used = [(part, most) for part in parts if (most := max(part.values(), default=0))]

    def score(image: Image) -> float:
        share = sum(part[image.pk] / most for part, most in used) / len(used) if used else 0.0
        # Rounded, so that of equally good photos the one that was added first is the best.
        return round(share, 2)

    ordered = sorted(images, key=lambda image: (not image.favourite, -score(image), image.pk))
    return [
        StackedPhoto(image, sharpness[image.pk], score(image), best=place == 0)
        for place, image in enumerate(ordered)
    ]


def names_leaving(owner: User, *, leaving: Collection[int], staying: Collection[int]) -> list[str]:
    """Return the names of people who are in photos of `leaving` and in none of `staying`, alphabetically."""
    names = names_in([*leaving, *staying], owner_id=owner.pk)
    remaining = {name for pk in staying for name in names.get(pk, ())}
    return sorted({name for pk in leaving for name in names.get(pk, ())} - remaining)
