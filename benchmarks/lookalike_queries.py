"""The methods to find the faces and people of one owner nearest to a vector: the product's and others.

product             the product's search with everything it reads, faces and people included
exact by owner      the distances of the owner's vectors, stored side by side in an index
... from the table  the same without that index: each vector is fetched from the table
... through photos  the same without an owner column on the vectors: joined through faces and photos
index               HNSW over all faces with iterative scan, as the product does it for very large owners
index, no limit     the same, without a limit on the rows of other owners it passes over
index, plain        the same without iterative scan: what remains of the 40 rows that the index returns
index per owner     an HNSW index of this owner's faces only
people              the ten nearest people, as the product finds them: by exemplars, if they have some
people, compared    the same by comparing with each face of the owner
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from synthetic_faces import DIMENSIONS, MODEL

K = 10
FACES_REQUESTED = 200
"""Faces that the product requests from the index, since it looks for people too."""

Vector = NDArray[np.float32]
Answer = Callable[[Vector], list[int]]

NEAR = f"ORDER BY e.vector::vector({DIMENSIONS}) <=> %s::vector LIMIT {K}"


def methods(owner: int) -> dict[str, Answer]:
    """Return the methods by name; each takes a vector and returns the ids of the nearest faces."""
    from django.contrib.auth.models import User

    from faces.services.core.vector_search import VectorSearch
    from faces.services.searching.nearest import nearest

    user = User.objects.get(pk=owner)

    def product(vector: Vector) -> list[int]:
        near, _people = nearest(user=user, vector=vector, model=MODEL, faces=K, people=K)
        return [match.face.pk for match in near]

    def exact(vector: Vector) -> list[int]:
        return [one.face_id for one in VectorSearch(owner, vector, MODEL).exact(K)]

    def from_table(vector: Vector) -> list[int]:
        with _settings(enable_indexonlyscan="off"):
            return exact(vector)

    def through_photos(vector: Vector) -> list[int]:
        return _ids(
            "SELECT f.id FROM faces_faceembedding e JOIN faces_face f ON f.id = e.face_id"
            " JOIN albums_image i ON i.id = f.image_id WHERE NOT f.dismissed AND e.model = %s"
            f" AND i.owner_id = %s ORDER BY e.vector <=> %s::vector LIMIT {K}",
            vector,
            MODEL,
            owner,
        )

    def indexed(vector: Vector) -> list[int]:
        # Otherwise the planner compares with each face of an owner with few faces.
        with _settings(enable_sort="off"):
            return [one.face_id for one in VectorSearch(owner, vector, MODEL).indexed(FACES_REQUESTED)[:K]]

    def unlimited(vector: Vector) -> list[int]:
        with _settings(**{"hnsw.max_scan_tuples": 2_000_000, "hnsw.scan_mem_multiplier": 50}):
            return indexed(vector)

    def plain(vector: Vector) -> list[int]:
        with _settings(enable_sort="off"):
            return _ids(
                f"SELECT face_id FROM faces_faceembedding e WHERE model = '{MODEL}' AND owner_id = %s {NEAR}",
                vector,
                owner,
            )

    def owner_index(vector: Vector) -> list[int]:
        # The owner is part of the index's condition, so it must not be a parameter.
        where = f"model = '{MODEL}' AND owner_id = {owner}"
        return _ids(f"SELECT face_id FROM faces_faceembedding e WHERE {where} {NEAR}", vector)

    return {
        "product": product,
        "exact by owner": exact,
        "... from the table": from_table,
        "... through photos": through_photos,
        "index": indexed,
        "index, no limit": unlimited,
        "index, plain": plain,
        "index per owner": owner_index,
    }


def people_methods(owner: int) -> dict[str, Answer]:
    """Return the methods that return the ids of the nearest people."""
    from faces.services.core.vector_search import VectorSearch
    from faces.services.searching.nearest import people_and_faces

    def people(vector: Vector) -> list[int]:
        _near, found = people_and_faces(VectorSearch(owner, vector, MODEL), faces=0, people=K)
        return [one.person_id for one in found if one.person_id is not None]

    def compared(vector: Vector) -> list[int]:
        found = VectorSearch(owner, vector, MODEL).first_of_people(K)
        return [one.person_id for one in found if one.person_id is not None]

    return {"people": people, "people, compared": compared}


@contextmanager
def index_for(method: str, owner: int) -> Iterator[None]:
    """Provide the index that one method needs, for the time of its measurement."""
    from django.db import connection

    if method != "index per owner":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(
            f"CREATE INDEX near_of_one ON faces_faceembedding"
            f" USING hnsw ((vector::vector({DIMENSIONS})) vector_cosine_ops)"
            f" WHERE model = '{MODEL}' AND owner_id = {owner}"
        )
        cursor.execute("ANALYZE faces_faceembedding")
        try:
            yield
        finally:
            cursor.execute("DROP INDEX near_of_one")


@contextmanager
def _settings(**values: object) -> Iterator[None]:
    from django.db import connection, transaction

    with transaction.atomic():
        with connection.cursor() as cursor:
            for name, value in values.items():
                cursor.execute("SELECT set_config(%s, %s, true)", [name, str(value)])
        yield


def _ids(statement: str, vector: Vector, *parameters: Any) -> list[int]:
    from django.db import connection
    from pgvector import Vector as Sent

    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, Sent(vector).to_text()])
        return [row[0] for row in cursor.fetchall()]
