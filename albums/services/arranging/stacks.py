"""Stacks: similar photos that were taken in a row, which lists show as one, with the best of them on top.

They are stored: `Image.stack_top` is the photo on top, null for that photo itself and for one in no stack.
Similar photos that were not taken in a row, or whose time is unknown, are only proposed on the page of
similar photos, and so are archived ones. A change of what a stack depends on marks the fingerprints of the
photos (`stacked`) and renews the stacks around them after the commit; a task renews what was left over.
`stack_decisions` has what owners decide about them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef

from albums.locks import AdvisoryLock
from albums.models import Image, ImageFingerprint, Preferences
from albums.ordering import Order, neighbours
from albums.querysets import ImageQuerySet, among
from albums.services.arranging.near_photos import TOGETHER, Stack, clock, divided, near_groups, stack_photos

AT_ONCE = 500
"""Photos around which the stacks are renewed in one transaction; a request leaves more to the task."""


class _Row(NamedTuple):
    pk: int
    taken: datetime
    hash: int


def stacks_follow(*, owner_id: int, image_ids: Collection[int]) -> None:
    """Renew the stacks around photos that have changed, on commit."""
    marked = ImageFingerprint.objects.filter(among("image_id", image_ids))
    # In the order of the ids, to avoid deadlocks.
    ids = list(marked.order_by("image_id").select_for_update().values_list("image_id", flat=True))
    if not ids:
        return
    ImageFingerprint.objects.filter(among("image_id", ids)).update(stacked=False)
    if len(ids) <= AT_ONCE:
        transaction.on_commit(partial(stacks_renew, owner_id=owner_id, image_ids=ids), robust=True)


def stacks_renew_due(*, count: int = AT_ONCE) -> int:
    """Renew the stacks around up to `count` waiting photos of an owner; returns how many there were."""
    waiting = ImageFingerprint.objects.filter(stacked=False).order_by("image_id")
    first = waiting.values_list("image__owner_id", flat=True).first()
    if first is None:
        return 0
    ids = list(waiting.filter(image__owner_id=first).values_list("image_id", flat=True)[:count])
    stacks_renew(owner_id=first, image_ids=ids)
    return len(ids)


@transaction.atomic
def stacks_renew(*, owner_id: int, image_ids: Collection[int]) -> None:
    """Form the stacks around these photos of an owner anew."""
    AdvisoryLock.STACKS.acquire(owner_id)
    # Before the photos are read: what changes from now on marks them again.
    _mark(image_ids, stacked=True)
    around = _with_mates(image_ids)
    tops: dict[int, int | None] = dict.fromkeys(around)
    if not stacks_on(owner_id):
        _store(tops)
        return
    beside = _stackable(owner_id).exclude(pk=OuterRef("pk"))
    beside = beside.filter(
        captured_at__range=(OuterRef("captured_at") - TOGETHER, OuterRef("captured_at") + TOGETHER)
    )
    times = _stackable(owner_id).filter(Exists(beside), among("pk", around)).order_by("captured_at")
    seen: datetime | None = None
    for taken in times.values_list("captured_at", flat=True):
        if taken is None or (seen is not None and taken <= seen):
            continue
        row = _taken_in_a_row(owner_id, taken)
        seen = row[-1].taken
        tops |= _tops(owner_id, row)
    _store(tops)


def stacks_on(owner_id: int) -> bool:
    """Return False for an owner who wants every photo in lists."""
    return not Preferences.objects.filter(user_id=owner_id, stacks=False).exists()


def stack_of(image: Image, images: ImageQuerySet) -> list[int]:
    """Return the ids of the stack of a photo, if among `images`: the top, then the others by time.

    Empty if it is not in a stack there.
    """
    top = image.stack_top_id or image.pk
    rows = images.order_by("captured_at", "pk").filter(stack_top_id=top)
    others = list(rows.values_list("pk", flat=True))
    if not others or not images.order_by().filter(pk=top).exists():
        return []
    return [top, *others]


def stacks_below(images: ImageQuerySet, tops: Collection[int]) -> dict[int, list[int]]:
    """Return the photos of `images` in the stacks with these tops, without the tops, by time."""
    rows = images.filter(among("stack_top_id", tops)).order_by("captured_at", "pk")
    below: defaultdict[int, list[int]] = defaultdict(list)
    for pk, top in rows.values_list("pk", "stack_top_id"):
        if top is not None:
            below[top].append(pk)
    return below


def with_stacks(images: ImageQuerySet, ids: Iterable[int]) -> list[int]:
    """Return these photos, each followed by those of its stack that are among `images`."""
    shown = list(ids)
    below = stacks_below(images, shown)
    return [pk for top in shown for pk in (top, *below.get(top, ()))]


def bursts_of(owner: User) -> list[Stack]:
    """Return the stored stacks of an owner, those with the newest photos first."""
    rows = Image.objects.owned_by(owner).ready().filter(stack_top__isnull=False).order_by()
    below: defaultdict[int, set[int]] = defaultdict(set)
    for pk, top in rows.values_list("pk", "stack_top_id"):
        if top is not None:
            below[top] |= {top, pk}
    ids = [pk for stack in below.values() for pk in stack]
    taken = dict(Image.objects.owned_by(owner).filter(among("pk", ids)).values_list("pk", "captured_at"))
    stacks = [
        sorted((pk for pk in stack if pk in taken), key=lambda pk: (clock(taken[pk]), pk))
        for stack in below.values()
    ]
    return sorted(
        (stack for stack in stacks if len(stack) > 1),
        key=lambda stack: (clock(taken[stack[-1]]), stack),
        reverse=True,
    )


def steps_around(
    images: ImageQuerySet, order: Order, image: Image
) -> tuple[int | None, int | None, list[int]]:
    """Return the photos before and after one of `images`, and its stack, which is gone through as a whole.

    Where lists show a stack as one, its top comes first, then the others by time.
    """
    stack = stack_of(image, images)
    before, after = neighbours(images.stacks_as_one(), order, stack[0] if stack else image.pk)
    if before is not None:
        before = with_stacks(images, [before])[-1]
    if stack:
        at = stack.index(image.pk)
        before = stack[at - 1] if at else before
        after = stack[at + 1] if at + 1 < len(stack) else after
    return before, after, stack


def in_stacks(image_ids: Collection[int]) -> dict[int, list[int]]:
    """Return those of these photos that are in a stack, by owner."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    below = Image.objects.filter(among("pk", image_ids), stack_top__isnull=False)
    tops = Image.objects.filter(among("pk", image_ids), pk__in=Image.objects.filter(
        among("stack_top_id", image_ids)
    ).order_by().values("stack_top_id"))  # fmt: skip
    for rows in (below, tops):
        for pk, owner_id in rows.order_by().values_list("pk", "owner_id"):
            found[owner_id].append(pk)
    return found


def _with_mates(image_ids: Collection[int]) -> set[int]:
    """Return these photos, and all that are or were in a stack with one of them."""
    below = Image.objects.filter(among("pk", image_ids), stack_top__isnull=False).order_by()
    tops = {*image_ids, *(top for top in below.values_list("stack_top_id", flat=True) if top)}
    others = Image.objects.filter(among("stack_top_id", tops)).order_by()
    return {*tops, *others.values_list("pk", flat=True)}


def _stackable(owner_id: int) -> ImageQuerySet:
    return Image.objects.filter(
        owner_id=owner_id,
        binned_at=None,
        state=Image.State.READY,
        archived=False,
        captured_at__isnull=False,
        # All photos of a day, otherwise.
        captured_has_time=True,
        fingerprint__hash__isnull=False,
        fingerprint__apart=False,
    )


def _taken_in_a_row(owner_id: int, taken: datetime) -> list[_Row]:
    """Return the photos around a time, each of which was taken soon after the one before."""
    reach = TOGETHER
    while True:
        first, last = _moved(taken, -reach), _moved(taken, reach)
        found = _stackable(owner_id).filter(captured_at__range=(first, last)).order_by("captured_at", "pk")
        rows = [
            _Row(pk, at, value)
            for pk, at, value in found.values_list("pk", "captured_at", "fingerprint__hash")
            if at is not None and value is not None
        ]
        begin = end = next(place for place, row in enumerate(rows) if row.taken >= taken)
        while begin and rows[begin].taken - rows[begin - 1].taken <= TOGETHER:
            begin -= 1
        while end + 1 < len(rows) and rows[end + 1].taken - rows[end].taken <= TOGETHER:
            end += 1
        # Nothing further can belong to it.
        if rows[begin].taken - first >= TOGETHER and last - rows[end].taken >= TOGETHER:
            return rows[begin : end + 1]
        if reach > timedelta(days=3650):
            return rows[begin : end + 1]
        reach *= 2


def _moved(taken: datetime, by: timedelta) -> datetime:
    try:
        return taken + by
    except OverflowError:
        return datetime.max if by > timedelta() else datetime.min  # noqa: DTZ901 - the clock of no zone


def _tops(owner_id: int, rows: Iterable[_Row]) -> dict[int, int | None]:
    """Return the top of each of these photos, None for tops and for photos in no stack."""
    rows = list(rows)
    tops: dict[int, int | None] = {row.pk: None for row in rows}
    if len(rows) > 1:
        # Their detail is not compared: people move, and the time is evidence enough.
        groups = near_groups((row.pk, row.hash, None) for row in rows)
        stacks = divided(groups, {row.pk: row.taken for row in rows}, owner_id, together=True)
        for best, *others in stack_photos(owner_id, stacks) if stacks else ():
            tops |= {photo.image.pk: best.image.pk for photo in others}
    return tops


def _store(tops: Mapping[int, int | None]) -> None:
    before = dict(Image.objects.filter(among("pk", tops)).order_by().values_list("pk", "stack_top_id"))
    changed = {pk: top for pk, top in tops.items() if pk in before and before[pk] != top}
    # The tops, too: they must not be erased meanwhile. No waiting for others, to avoid deadlocks.
    rows = Image.objects.filter(among("pk", {*changed, *(top for top in changed.values() if top)}))
    locked = rows.select_for_update(no_key=True, skip_locked=True).order_by()
    present: set[int | None] = {None, *locked.values_list("pk", flat=True)}
    below: defaultdict[int | None, list[int]] = defaultdict(list)
    for pk, top in changed.items():
        if {pk, top} <= present:
            below[top].append(pk)
    for top, ids in below.items():
        Image.objects.filter(among("pk", ids)).update(stack_top_id=top)
    _mark([pk for pk, top in changed.items() if not {pk, top} <= present], stacked=False)


def _mark(image_ids: Collection[int], *, stacked: bool) -> None:
    """Mark fingerprints, but not those that others are marking now."""
    rows = ImageFingerprint.objects.filter(among("image_id", image_ids), stacked=not stacked)
    ids = list(rows.select_for_update(skip_locked=True).values_list("image_id", flat=True))
    ImageFingerprint.objects.filter(among("image_id", ids)).update(stacked=stacked)
