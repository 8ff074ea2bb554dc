"""Who looks like this? The people and faces nearest to a face in a picture that is not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.db.models.functions import Cast
from numpy.typing import NDArray
from pgvector.django import CosineDistance, VectorField

from albums import imaging
from albums.services.limits import image_limits
from faces.models import Face, FaceEmbedding, Person
from faces.runtime import get_pipeline
from faces.services.detection import SCAN_SIDE
from faces.services.owner_models import owner_models
from faces.vision.types import Box

FACES_WANTED = 24
PEOPLE_WANTED = 12
FACES_SEARCHED = 200
"""Nearest faces among which people are looked for: one person may have very many."""


@dataclass(frozen=True, slots=True)
class LookalikeResult:
    """What a search found.

    faces_found: the faces in the picture that was searched with, relative (0..1) to it, best first.
    chosen: the index of the one that was used, -1 when there is none.
    people, faces: nearest first, each with its cosine distance (0..2).
    """

    faces_found: list[Box]
    chosen: int
    people: list[tuple[Person, float]] = field(default_factory=list)
    faces: list[tuple[Face, float]] = field(default_factory=list)


def lookalikes(
    *, user: User | AnonymousUser, picture: BinaryIO, face_index: int | None = None
) -> LookalikeResult:
    """Search the user's own faces for those that look like a face in `picture`, which is not kept.

    face_index chooses among several faces; without it, or out of range, the largest is used.
    Raises ImageRefused for a file that is no picture, VisionError when a model cannot be used.
    """
    pixels = imaging.decode(picture, max_side=SCAN_SIDE, limits=image_limits())
    found = get_pipeline(owner_models(user.pk)).faces_in([pixels])[0]
    boxes = [face.box for face in found]
    if not found:
        return LookalikeResult([], -1)
    chosen = face_index if face_index is not None and 0 <= face_index < len(found) else largest(boxes)
    faces = nearest_faces(user=user, vector=found[chosen].vector, count=FACES_SEARCHED)
    return LookalikeResult(
        boxes, chosen, people=_people_of(faces)[:PEOPLE_WANTED], faces=faces[:FACES_WANTED]
    )


def largest(boxes: Sequence[Box]) -> int:
    """The index of the box with the greatest area."""
    return max(range(len(boxes)), key=lambda index: boxes[index].area)


def nearest_faces(
    *, user: User | AnonymousUser, vector: NDArray[np.float32], count: int
) -> list[tuple[Face, float]]:
    """The user's faces nearest to a vector of their model, with their cosine distances."""
    embedder = owner_models(user.pk).embedder
    visible = Face.objects.visible_to(user)
    near = (
        FaceEmbedding.objects.filter(model=embedder, face__in=visible)
        .annotate(distance=CosineDistance(Cast("vector", VectorField(dimensions=len(vector))), vector))
        .order_by("distance")
        .values_list("face_id", "distance")[:count]
    )
    with transaction.atomic(), connection.cursor() as cursor:
        # Other owners' rows are passed over inside the index scan until enough of this one's are found.
        cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
        distances = dict(near)
    faces = visible.select_related("image", "person").in_bulk(distances)
    return [(faces[face_id], float(distance)) for face_id, distance in distances.items() if face_id in faces]


def _people_of(faces: Sequence[tuple[Face, float]]) -> list[tuple[Person, float]]:
    """The people of these faces, each with their nearest face's distance, in the same order."""
    people: dict[int, tuple[Person, float]] = {}
    for face, distance in faces:
        if face.person is not None and not face.person.hidden:
            people.setdefault(face.person.pk, (face.person, distance))
    return list(people.values())
