"""The faces and people of a user nearest to a vector. The owner is part of the vector search itself.

Two ways, which benchmarks/search.py measures. Exact: the distances of all of the user's faces, found through
the photos' owner. Indexed: pgvector's HNSW index over everybody's faces of one model, which passes over those
of others until there are enough. The second is fast where most rows are the user's, and gives up early where
few are; so it is used from `INDEXED_FROM` photos on, and whatever it leaves short is searched exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Cast
from numpy.typing import NDArray
from pgvector.django import CosineDistance, VectorField

from albums.models import Image
from faces.models import Face, Person
from faces.vision.calibration import calibration_of

INDEXED_FROM = 20_000
"""A user's photos from which on the index is used."""

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


class Near(NamedTuple):
    """A face that a search found, before its row is read: ids, and the cosine distance (0..2)."""

    face_id: int
    distance: float
    person_id: int | None
    hidden: bool


def nearest(
    *, user: Viewer, vector: Vector, model: str, faces: int, people: int, without: Iterable[int] = ()
) -> tuple[list[NearFace], list[NearPerson]]:
    """The user's faces and people nearest to a vector of `model`: as many as are wanted, or all there are.

    Both come nearest first. without: ids of faces that are left out. Faces of which somebody said that they
    are none never appear, nor do hidden people. The number of queries does not depend on what is found.
    """
    left_out = list(without)
    count = max(faces, FACES_ASKED if people else 0)
    near = _search(user, vector, model, count=count, without=left_out)
    of_people = _first_of_each(near)
    if len(of_people) < people and len(near) == count:
        # All the nearest faces belong to few people: everybody's nearest face, then.
        of_people = _people_exactly(user, vector, model, count=people, without=left_out)
    near, of_people = near[:faces], of_people[:people]
    rows = Face.objects.visible_to(user).select_related("image", "person")
    found = rows.in_bulk({one.face_id for one in (*near, *of_people)})
    calibration = calibration_of(model)
    return (
        [
            NearFace(found[one.face_id], one.distance, calibration.probability(one.distance))
            for one in near
            if one.face_id in found
        ],
        [
            NearPerson(face.person, face, one.distance, calibration.probability(one.distance))
            for one in of_people
            if (face := found.get(one.face_id)) and face.person
        ],
    )


def nearest_faces(
    *, user: Viewer, vector: Vector, model: str, count: int, without: Iterable[int] = ()
) -> list[NearFace]:
    """The faces of `nearest` alone."""
    return nearest(user=user, vector=vector, model=model, faces=count, people=0, without=without)[0]


def nearest_people(
    *, user: Viewer, vector: Vector, model: str, count: int, without: Iterable[int] = ()
) -> list[NearPerson]:
    """The people of `nearest` alone."""
    return nearest(user=user, vector=vector, model=model, faces=0, people=count, without=without)[1]


def exact_search(
    user: Viewer, vector: Vector, model: str, *, count: int, without: Iterable[int] = ()
) -> list[Near]:
    """The user's nearest faces, by comparing with each of them."""
    # Without a cast the expression is not the index's, so that no plan can use it.
    near = _faces(user, model, without).annotate(distance=CosineDistance("embeddings__vector", vector))
    return _rows(near.order_by("distance")[:count])


def indexed_search(
    user: Viewer, vector: Vector, model: str, *, count: int, without: Iterable[int] = ()
) -> list[Near]:
    """The same out of the index: perhaps fewer than `count`, and not always the very nearest."""
    column = Cast("embeddings__vector", VectorField(dimensions=len(vector)))
    near = _faces(user, model, without).annotate(distance=CosineDistance(column, vector))
    with transaction.atomic(), connection.cursor() as cursor:
        # A strict order would drop what is found late, though it is nearer; so it is put in order here.
        cursor.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
        cursor.execute("SELECT set_config('hnsw.ef_search', %s, true)", [str(min(max(4 * count, 400), 1000))])
        return sorted(_rows(near.order_by("distance")[:count]), key=lambda one: (one.distance, one.face_id))


def _search(user: Viewer, vector: Vector, model: str, *, count: int, without: Iterable[int]) -> list[Near]:
    # Photos and not faces are counted: one range of an index, where faces take as long as comparing them.
    if Image.objects.visible_to(user)[INDEXED_FROM:].exists():
        found = indexed_search(user, vector, model, count=count, without=without)
        if len(found) == count:
            return found
    return exact_search(user, vector, model, count=count, without=without)


def _people_exactly(
    user: Viewer, vector: Vector, model: str, *, count: int, without: Iterable[int]
) -> list[Near]:
    near = _faces(user, model, without).annotate(distance=CosineDistance("embeddings__vector", vector))
    of_people = near.filter(person__isnull=False, person__hidden=False)
    first = of_people.order_by("person_id", "distance", "pk").distinct("person_id")
    return sorted(_rows(first), key=lambda one: (one.distance, one.face_id))[:count]


def _first_of_each(near: Iterable[Near]) -> list[Near]:
    """The nearest face of each person who is not hidden, in the same order."""
    first: dict[int, Near] = {}
    for one in near:
        if one.person_id is not None and not one.hidden:
            first.setdefault(one.person_id, one)
    return list(first.values())


def _faces(user: Viewer, model: str, without: Iterable[int]) -> QuerySet[Face, Face]:
    """The user's faces that have an embedding of this model."""
    faces = Face.objects.visible_to(user).present().filter(embeddings__model=model)
    left_out = list(without)
    return faces.exclude(pk__in=left_out) if left_out else faces


def _rows(near: QuerySet[Any]) -> list[Near]:
    columns = near.values_list("pk", "distance", "person_id", "person__hidden")
    return [Near(pk, float(distance), person, bool(hidden)) for pk, distance, person, hidden in columns]
