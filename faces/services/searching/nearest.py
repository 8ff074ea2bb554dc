"""The user's own faces and people nearest to a vector. The owner is part of the vector search itself.

Only what is in the user's own photos is searched, whatever else they may see: a face that somebody shares is
not one of theirs.

Two ways (see benchmarks/lookalike_search.py). Exact: the distances of all of the user's faces, which are side
by side in an index (embedding_of_owner_..., with the vectors in it, so that no table is read). Indexed:
pgvector's HNSW index over everybody's faces of one model, which passes over those of others until there are
enough. Its time hardly grows with the number of faces, but it is never sure to be complete; so it is used
from `INDEXED_FROM` faces on, and whatever it leaves short is searched exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from numpy.typing import NDArray
from pgvector.django import CosineDistance, VectorField

from faces.models import ClusteringRun, Face, FaceEmbedding, Person
from faces.vision.profiles import profile_of

INDEXED_FROM = 200_000
"""A user's faces, as their last grouping counted them, from which on the index is used."""

FACES_ASKED = 200
"""Nearest faces among which people are looked for first: one person may have very many."""

MORE_FACES_ASKED = 4_000
"""Those among which they are looked for then, before everybody's nearest face is."""

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
    for more in (MORE_FACES_ASKED, None):
        if len(of_people) >= people or len(near) < count:
            break
        # All the nearest faces belong to few people.
        if more is None:
            of_people = _people_exactly(user, vector, model, count=people, without=left_out)
        elif more > count:
            near = exact_search(user, vector, model, count=more, without=left_out)
            count, of_people = more, _first_of_each(near)
    near, of_people = near[:faces], of_people[:people]
    rows = Face.objects.visible_to(user).select_related("image", "person")
    found = rows.in_bulk({one.face_id for one in (*near, *of_people)})
    calibration = profile_of(model).calibration
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
    return _placed(_own(user, model, without, CosineDistance("vector", vector)), count=count)


def indexed_search(
    user: Viewer, vector: Vector, model: str, *, count: int, without: Iterable[int] = ()
) -> list[Near]:
    """The same out of the index: perhaps fewer than `count`, and not always the very nearest."""
    column = Cast("vector", VectorField(dimensions=len(vector)))
    near = _own(user, model, without, CosineDistance(column, vector))
    with transaction.atomic(), connection.cursor() as cursor:
        # A strict order would drop what is found late, though it is nearer; so it is put in order here.
        cursor.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
        cursor.execute("SELECT set_config('hnsw.ef_search', %s, true)", [str(min(max(4 * count, 400), 1000))])
        return sorted(_placed(near, count=count), key=lambda one: (one.distance, one.face_id))


def owner_is_large(user: Viewer) -> bool:
    """Whether the user had `INDEXED_FROM` faces when they were last grouped: to count them takes too long."""
    runs = ClusteringRun.objects.filter(owner_id=user.pk, state=ClusteringRun.State.DONE)
    return (runs.values_list("faces", flat=True).first() or 0) >= INDEXED_FROM


def _search(user: Viewer, vector: Vector, model: str, *, count: int, without: Iterable[int]) -> list[Near]:
    if owner_is_large(user):
        found = indexed_search(user, vector, model, count=count, without=without)
        if len(found) == count:
            return found
    return exact_search(user, vector, model, count=count, without=without)


def _people_exactly(
    user: Viewer, vector: Vector, model: str, *, count: int, without: Iterable[int]
) -> list[Near]:
    near = _own(user, model, without, CosineDistance("vector", vector))
    of_people = near.filter(face__person__isnull=False, face__person__hidden=False)
    first = of_people.order_by("face__person_id", "distance", "face_id").distinct("face__person_id")
    columns = first.values_list("face_id", "distance", "face__person_id")
    rows = [Near(face_id, float(distance), person, hidden=False) for face_id, distance, person in columns]
    return sorted(rows, key=lambda one: (one.distance, one.face_id))[:count]


def _first_of_each(near: Iterable[Near]) -> list[Near]:
    """The nearest face of each person who is not hidden, in the same order."""
    first: dict[int, Near] = {}
    for one in near:
        if one.person_id is not None and not one.hidden:
            first.setdefault(one.person_id, one)
    return list(first.values())


def _own(user: Viewer, model: str, without: Iterable[int], distance: CosineDistance) -> QuerySet[Any]:
    """What this model made of the user's own faces, with the `distance` of each."""
    own = FaceEmbedding.objects.of_own_faces(user, model=model).present()
    left_out = list(without)
    return (own.exclude(face_id__in=left_out) if left_out else own).annotate(distance=distance)


def _placed(near: QuerySet[Any], *, count: int) -> list[Near]:
    """The first `count`, with the person each is with: looked up for these alone, which a join is not."""
    face = Face.objects.filter(pk=OuterRef("face_id"))
    rows = near.order_by("distance").values_list(
        "face_id", "distance", Subquery(face.values("person_id")), Subquery(face.values("person__hidden"))
    )
    return [
        Near(face_id, float(distance), person_id, bool(hidden))
        for face_id, distance, person_id, hidden in rows[:count]
    ]
