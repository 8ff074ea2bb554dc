"""Photos that look nearly the same: grouped by hashes, divided by decisions and time, the best first."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from albums.extensions import provided
from albums.imaging.near_hashes import near_pairs, same_detail, stars
from albums.models import DifferentPhotos, Image

TOGETHER = timedelta(minutes=1)
"""Two photos of a burst are taken so soon after each other, at most."""

ScoreSource = Callable[[int, Collection[int]], Mapping[int, float]]
"""Takes an owner's id and image ids; returns how clear the faces in each photo are together, 0 or more."""

Stack = list[int]
"""The ids of similar photos, by the time when they were taken."""


@dataclass(frozen=True, slots=True)
class StackedPhoto:
    """A photo of a stack. score: how good it is beside the others, 0 to 1; best: it is on top."""

    image: Image
    sharpness: float
    score: float
    best: bool


def near_groups(rows: Iterable[tuple[int, Any, Any]]) -> list[Stack]:
    """Return groups of photos with nearly the same hashes.

    rows: the id of each photo, its hash, and that of its detail, which is compared where all have it.
    """
    found = list(rows)
    detail = {pk: value for pk, _hash, value in found if value is not None}
    table = np.array([row[:2] for row in found], dtype=np.int64).reshape(-1, 2)
    # The same hash many times is one: a hundred thousand blank pages are no five thousand million pairs.
    hashes, group_of = np.unique(table[:, 1].view(np.uint64), return_inverse=True)
    order = np.argsort(group_of, kind="stable")
    members = np.split(table[order, 0], np.cumsum(np.bincount(group_of, minlength=len(hashes)))[:-1])
    near = stars(len(hashes), near_pairs(hashes))
    alone = np.ones(len(hashes), bool)
    alone[[place for group in near for place in group]] = False
    groups = [*near, *([int(place)] for place in np.flatnonzero(alone) if len(members[place]) > 1)]
    return [
        sorted(part)
        for group in groups
        for part in _alike([int(pk) for place in group for pk in members[place]], detail)
    ]


def _alike(group: Sequence[int], detail: Mapping[int, int]) -> list[Stack]:
    """Divide a group, whose centre comes first, into parts with nearly the same detail."""
    if any(pk not in detail for pk in group):
        return [list(group)]
    values = np.array([detail[pk] for pk in group], np.int64).view(np.uint64)
    return [[group[place] for place in part] for part in same_detail(values)]


def divided(
    groups: Iterable[Stack], taken: Mapping[int, datetime | None], owner_id: int, *, together: bool = False
) -> list[Stack]:
    """Divide groups by the decisions of the owner and, with `together`, by the time between the photos.

    taken: the times of the photos; those that are not in it are left out.
    """
    present = [[pk for pk in group if pk in taken] for group in groups]
    decisions = _decisions(owner_id, [pk for group in present for pk in group])
    return [stack for group in present for stack in _divided(group, taken, decisions, together=together)]


def stack_photos(owner_id: int, stacks: Iterable[Stack]) -> list[list[StackedPhoto]]:
    """Return the photos of these stacks, the best of each first."""
    stacks = list(stacks)
    ids = [pk for stack in stacks for pk in stack]
    images = Image.objects.filter(owner_id=owner_id, binned_at=None).select_related("fingerprint")
    rows = images.defer("words").in_bulk(ids)
    faces: dict[int, float] = {}
    for source in provided(lambda app: app.face_scores):
        for image_id, score in source(owner_id, ids).items():
            faces[image_id] = faces.get(image_id, 0) + score
    return [_ranked([rows[pk] for pk in stack if pk in rows], faces) for stack in stacks]


def clock(taken: datetime | None) -> str:
    """Return a text by which times are ordered, photos without one first."""
    return taken.isoformat() if taken else ""


def _decisions(owner_id: int, image_ids: Collection[int]) -> dict[int, set[int]]:
    """Return the decisions about each of these photos, by its id."""
    found: dict[int, set[int]] = {}
    if not image_ids:
        return found
    rows = DifferentPhotos.objects.filter(owner_id=owner_id, image_ids__overlap=list(image_ids))
    for pk, together in rows.values_list("pk", "image_ids"):
        for image_id in together:
            found.setdefault(image_id, set()).add(pk)
    return found


def _divided(
    group: Sequence[int],
    taken: Mapping[int, datetime | None],
    decisions: Mapping[int, set[int]],
    *,
    together: bool,
) -> list[Stack]:
    stacks: list[Stack] = []
    spoken: list[set[int]] = []
    for pk in sorted(group, key=lambda pk: (clock(taken[pk]), pk)):
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


def _ranked(images: Sequence[Image], faces: Mapping[int, float]) -> list[StackedPhoto]:
    """Return the photos, the best first: the owner's choice, a favourite, else by sharpness, size, faces."""
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

    def worse(image: Image) -> tuple[float, bool, float, int]:
        # The owner's last choice comes before earlier ones.
        since = image.fingerprint.preferred_at
        return (-since.timestamp() if since else 0.0, not image.favourite, -score(image), image.pk)

    return [
        StackedPhoto(image, sharpness[image.pk], score(image), best=place == 0)
        for place, image in enumerate(sorted(images, key=worse))
    ]
