"""The faces and people of a user nearest to a vector. The owner is part of the vector search itself.

Two ways, which benchmarks/search.py measures. Exact: the distances of all of the user's faces, found through
the photos' owner. Indexed: pgvector's HNSW index over everybody's faces of one model, which passes over those
of others until there are enough. The second is fast where most rows are the user's, and gives up early where
few are; so it is used from `INDEXED_FROM` faces on, and whatever it leaves short is searched exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Cast
from numpy.typing import NDArray
from pgvector.django import CosineDistance, VectorField

from faces.models import Face, Person
from faces.vision.calibration import calibration_of

INDEXED_FROM = 20_000
"""A user's faces from which on the index is used."""

FACES_ASKED = 200
"""Nearest faces among which people are looked for first: one person may have very many."""

Viewer = User | AnonymousUser
Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class NearFace:
    """A face near to a vector: cosine distance (0..2), and how probably (0..1) it is the same person."""

    face: Face
    distance: float
    probability: float


@dataclass(frozen=True, slots=True)
class NearPerson:
    """A person near to a vector, by their nearest face."""

    person: Person
    face: Face
    distance: float
    probability: float


def nearest_faces(
    *, user: Viewer, vector: Vector, model: str, count: int, without: Iterable[int] = ()
) -> list[NearFace]:
    """The user's faces nearest to a vector of `model`, nearest first: `count` of them, or all that there are.

    without: ids of faces that are left out. Faces that somebody said are none never appear.
    """
    distances = _distances(user, vector, model, count=count, without=set(without))
    faces = (
        Face.objects.visible_to(user).select_related("image", "person").in_bulk([pk for pk, _ in distances])
    )
    calibration = calibration_of(model)
    return [
        NearFace(faces[pk], distance, calibration.probability(distance))
        for pk, distance in distances
        if pk in faces
    ]


def nearest_people(
    *, user: Viewer, vector: Vector, model: str, count: int, without: Iterable[int] = ()
) -> list[NearPerson]:
    """The user's people with the nearest faces, nearest first: `count` of them, or all that there are.

    without: ids of faces that are left out. Hidden people never appear.
    """
    left_out = set(without)
    near = nearest_faces(user=user, vector=vector, model=model, count=FACES_ASKED, without=left_out)
    return people_near(
        near, user=user, vector=vector, model=model, count=count, asked=FACES_ASKED, without=left_out
    )


def people_near(
    near: Sequence[NearFace],
    *,
    user: Viewer,
    vector: Vector,
    model: str,
    count: int,
    asked: int,
    without: Iterable[int] = (),
) -> list[NearPerson]:
    """The same for somebody who has the nearest faces already. asked: how many of them were asked for."""
    people = people_of(near)
    if len(people) < count and len(near) == asked:
        # All the nearest faces belong to few people: everybody's nearest face, then.
        people = _people_exactly(user, vector, model, count=count, without=without)
    return people[:count]


def people_of(near: Iterable[NearFace]) -> list[NearPerson]:
    """The people of these faces who are not hidden, each with their first face, in the same order."""
    people: dict[int, NearPerson] = {}
    for match in near:
        person = match.face.person
        if person is not None and not person.hidden:
            people.setdefault(person.pk, NearPerson(person, match.face, match.distance, match.probability))
    return list(people.values())


def exact_distances(
    user: Viewer, vector: Vector, model: str, *, count: int, without: Iterable[int] = ()
) -> list[tuple[int, float]]:
    """Ids and cosine distances of the user's nearest faces, by comparing with each of them."""
    # Without a cast the expression is not the index's, so that no plan can use it.
    near = _faces(user, model, without).annotate(distance=CosineDistance("embeddings__vector", vector))
    return _rows(near, count)


def indexed_distances(
    user: Viewer, vector: Vector, model: str, *, count: int, without: Iterable[int] = ()
) -> list[tuple[int, float]]:
    """The same out of the index: perhaps fewer than `count`, and not always the very nearest."""
    column = Cast("embeddings__vector", VectorField(dimensions=len(vector)))
    near = _faces(user, model, without).annotate(distance=CosineDistance(column, vector))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
        return _rows(near, count)


def _distances(
    user: Viewer, vector: Vector, model: str, *, count: int, without: set[int]
) -> list[tuple[int, float]]:
    if _faces(user, model, without)[INDEXED_FROM:].exists():
        found = indexed_distances(user, vector, model, count=count, without=without)
        if len(found) == count:
            return found
    return exact_distances(user, vector, model, count=count, without=without)


def _people_exactly(
    user: Viewer, vector: Vector, model: str, *, count: int, without: Iterable[int]
) -> list[NearPerson]:
    near = _faces(user, model, without).annotate(distance=CosineDistance("embeddings__vector", vector))
    of_people = near.filter(person__isnull=False, person__hidden=False)
    first = of_people.order_by("person_id", "distance", "pk").distinct("person_id")
    found = sorted(first.values_list("pk", "distance"), key=lambda row: (row[1], row[0]))[:count]
    faces = Face.objects.visible_to(user).select_related("image", "person").in_bulk([pk for pk, _ in found])
    calibration = calibration_of(model)
    return people_of(NearFace(faces[pk], d, calibration.probability(d)) for pk, d in found if pk in faces)


def _faces(user: Viewer, model: str, without: Iterable[int]) -> QuerySet[Face, Face]:
    """The user's faces that have an embedding of this model."""
    faces = Face.objects.visible_to(user).present().filter(embeddings__model=model)
    left_out = list(without)
    return faces.exclude(pk__in=left_out) if left_out else faces


def _rows(near: QuerySet[Any], count: int) -> list[tuple[int, float]]:
    return [
        (pk, float(distance))
        for pk, distance in near.order_by("distance").values_list("pk", "distance")[:count]
    ]
