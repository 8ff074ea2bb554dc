"""Which faces found anew are there already, and which of those that were not found stay all the same.

What a person said hangs on faces. So a face that is found again stays the same row, and one of which
something was said stays whether it is found or not.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from faces.models import Face, Person, Verdict
from faces.vision.types import Box

SAME_FACE = 0.5
"""Intersection over union from which a face found again is the face that was there."""


@dataclass(frozen=True, slots=True)
class Carried:
    """same: index of a found face -> index of the face that it is. new: indices of found faces that are new.

    kept, gone: indices of faces that were not found again, and stay or go.
    """

    same: dict[int, int]
    new: list[int]
    kept: list[int]
    gone: list[int]


def faces_held(faces: QuerySet[Face]) -> QuerySet[Face]:
    """Those that stay whatever a detector finds: drawn, dismissed, judged, or somebody's cover."""
    judged = Exists(Verdict.objects.filter(face=OuterRef("pk")))
    cover = Exists(Person.objects.filter(cover=OuterRef("pk")))
    return faces.filter(Q(drawn=True) | Q(dismissed=True) | judged | cover)


def carry_over(*, there: Sequence[Face], found: Sequence[Box], held: Container[int]) -> Carried:
    """Match the faces found in a photo with those there; `held` are the ids of those that must stay."""
    boxes = [face_box(face) for face in there]
    same = match_boxes(boxes, found)
    missed = [index for index in range(len(there)) if index not in same.values()]
    kept = [index for index in missed if there[index].pk in held]
    new = [
        index
        for index, box in enumerate(found)
        if index not in same and not _in_place_of_one(box, (boxes[at] for at in kept))
    ]
    return Carried(same, new, kept, [index for index in missed if there[index].pk not in held])


def face_box(face: Face) -> Box:
    """The face's box, relative to the upright photo."""
    return Box(face.x, face.y, face.w, face.h)


def match_boxes(old: Sequence[Box], new: Sequence[Box]) -> dict[int, int]:
    """Which new box (its index) is which old one: by overlap, the greatest first, each used once."""
    overlaps = sorted(
        (
            (there.iou(here), new_index, old_index)
            for new_index, here in enumerate(new)
            for old_index, there in enumerate(old)
        ),
        key=lambda candidate: (-candidate[0], candidate[1], candidate[2]),
    )
    matched: dict[int, int] = {}
    for overlap, new_index, old_index in overlaps:
        if overlap >= SAME_FACE and new_index not in matched and old_index not in matched.values():
            matched[new_index] = old_index
    return matched


def same_place(box: Box, other: Box) -> bool:
    """Whether two boxes show one face: each has the other's middle in it."""
    return _holds(box, other.centre) and _holds(other, box.centre)


def _in_place_of_one(box: Box, kept: Iterable[Box]) -> bool:
    """Whether a box shows a face that is kept with another box.

    Added beside it, the face would be in the photo twice, and the two could never be the same person.
    """
    return any(same_place(box, other) for other in kept)


def _holds(box: Box, point: tuple[float, float]) -> bool:
    x, y = point
    return box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h
