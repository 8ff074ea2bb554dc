"""Match the faces found in a photo with its stored faces.

Decisions of the owner refer to faces. So a face that is found again keeps its row, and a face that the owner
has decided about stays whether it is found again or not.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from faces.models import Face, Person, StagedFace, Verdict
from faces.vision.types import Box

SAME_FACE = 0.5
"""Intersection over union from which a found face is a stored one."""


@dataclass(frozen=True, slots=True)
class FaceMatch:
    """Found faces matched with stored ones.

    same: index of a found face -> index of its stored face. new: indices of found faces without one.
    preserved, gone: indices of stored faces that were not found again, and stay or are deleted.
    """

    same: dict[int, int]
    new: list[int]
    preserved: list[int]
    gone: list[int]


def faces_protected(faces: QuerySet[Face]) -> QuerySet[Face]:
    """Return the faces that stay whatever a detector finds: drawn, dismissed, with a verdict, or a cover."""
    judged = Exists(Verdict.objects.filter(face=OuterRef("pk")))
    cover = Exists(Person.objects.filter(cover=OuterRef("pk")))
    return faces.filter(Q(drawn=True) | Q(dismissed=True) | judged | cover)


def faces_match(*, there: Sequence[Face], found: Sequence[Box], held: Container[int]) -> FaceMatch:
    """Match found boxes with the stored faces of a photo; `held` are the ids of faces that must stay."""
    boxes = [face_box(face) for face in there]
    same = match_boxes(boxes, found)
    missed = [index for index in range(len(there)) if index not in same.values()]
    preserved = [index for index in missed if there[index].pk in held]
    new = [
        index
        for index, box in enumerate(found)
        # Beside a preserved face the same face would be in the photo twice.
        if index not in same and not any(same_place(box, boxes[at]) for at in preserved)
    ]
    return FaceMatch(same, new, preserved, [index for index in missed if there[index].pk not in held])


def face_box(face: Face | StagedFace) -> Box:
    """Return the box of a face, relative to the upright photo."""
    return Box(face.x, face.y, face.w, face.h)


def match_boxes(old: Sequence[Box], new: Sequence[Box]) -> dict[int, int]:
    """Match boxes by overlap, the greatest first, each once: index of a new box -> index of an old one."""
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
    """Return whether two boxes show one face: each contains the centre of the other."""
    return _contains(box, other.centre) and _contains(other, box.centre)


def _contains(box: Box, point: tuple[float, float]) -> bool:
    x, y = point
    return box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h
