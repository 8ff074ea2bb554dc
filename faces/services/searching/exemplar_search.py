"""Find the people nearest to a vector by their exemplars, without comparing all faces of the owner.

The index of the exemplars names candidates. All their faces are compared in a byte a number, and the nearest
face of the best exactly. People whose exemplars are to be computed are compared face by face.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from pgvector import HalfVector
from psycopg import Cursor

from faces.models import Face
from faces.services.core.vector_search import Near, VectorSearch
from faces.vectors import vector_text
from faces.vision.grouping.exemplars import CodedFaces, query_of

EXEMPLARS_SEARCHED, EXEMPLARS_A_PERSON = 240, 20
"""The least exemplars that are candidates, and how many for each person wanted; one has at most eight."""

SPARE_PEOPLE = 8
FACES_COMPARED = 4
"""People beyond those wanted, and faces of each exemplar, that are compared exactly: a byte a number may
confuse the nearest."""

PENDING_PEOPLE, PENDING_FACES = 50, 4_000
"""The most people without exemplars, and their faces, that are compared face by face."""

_STATE = """
SELECT EXISTS (
    SELECT FROM faces_personexemplar
    WHERE owner_id = %(owner)s AND model = %(model)s AND centre IS NOT NULL
), ARRAY(
    SELECT person_id FROM faces_personexemplar WHERE owner_id = %(owner)s AND centre IS NULL LIMIT %(most)s
), ARRAY(
    SELECT dirty.person_id FROM faces_dirtyperson AS dirty
    JOIN faces_person AS person ON person.id = dirty.person_id
    WHERE person.owner_id = %(owner)s
    GROUP BY dirty.person_id LIMIT %(most)s
)
"""

_CANDIDATES = """
SELECT id, person_id, codes, scale FROM faces_personexemplar AS exemplar
WHERE owner_id = %(owner)s AND model = %(model)s AND centre IS NOT NULL AND person_id <> ALL(%(without)s)
    AND (SELECT NOT hidden FROM faces_person AS person WHERE person.id = exemplar.person_id)
ORDER BY {centre} <#> %(query)s::halfvec LIMIT %(count)s
"""
# The hidden are excluded by a subquery for each candidate: joined, the planner might read all people first.

_COMPARED = """
SELECT face.id, embedding.vector <=> %(vector)s::vector, face.person_id
FROM unnest(%(exemplars)s::bigint[], %(places)s::integer[]) AS compared (exemplar_id, place)
JOIN faces_personexemplar AS exemplar ON exemplar.id = compared.exemplar_id
JOIN faces_faceembedding AS embedding
    ON embedding.face_id = exemplar.faces[compared.place] AND embedding.model = %(model)s
JOIN faces_face AS face ON face.id = embedding.face_id AND face.person_id = exemplar.person_id
WHERE NOT face.dismissed AND NOT face.binned AND face.id <> ALL(%(without)s)
"""


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Exemplars by their index: ids, people, and the vectors of their faces as codes."""

    ids: Sequence[int]
    people: Sequence[int]
    codes: Sequence[bytes]
    scales: Sequence[float]


def people_nearest(search: VectorSearch, count: int) -> list[Near] | None:
    """Return the nearest face of each of the nearest people who are not hidden, nearest first.

    None if the owner's people have no exemplars, or too many of them are being computed.
    """
    if search.gallery_id is not None or search.owner_id is None:
        return None
    pending = _pending(search)
    if pending is None:
        return None
    without = {*pending} | ({search.without_person} if search.without_person is not None else set())
    found = _compared(search, _candidates(search, without, count), count)
    if pending:
        found += search.first_of_people(count, people=pending)
    first: dict[int | None, Near] = {}
    for one in sorted(found, key=lambda near: (near.distance, near.face_id)):
        first.setdefault(one.person_id, one)
    return list(first.values())[:count]


def _pending(search: VectorSearch) -> set[int] | None:
    """Return the people without current exemplars; None if there are too many, or no exemplars at all."""
    most = PENDING_PEOPLE + 1
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"owner": search.owner_id, "model": search.model, "most": most})
        exist, marked, changed = cursor.fetchone()
    pending = {*marked, *changed}
    if not exist or len(pending) > PENDING_PEOPLE:
        return None
    if pending:
        faces = Face.objects.present().filter(person__in=pending).order_by()
        if faces[: PENDING_FACES + 1].count() > PENDING_FACES:
            return None
    return pending


def _candidates(search: VectorSearch, without: set[int], count: int) -> _Candidates:
    """Return the exemplars nearest to the vector: by the index, or all compared if it finds too few."""
    query = query_of(search.vector)
    wanted = max(EXEMPLARS_SEARCHED, EXEMPLARS_A_PERSON * count)
    values = {
        "owner": search.owner_id,
        "model": search.model,
        "without": list(without),
        "query": HalfVector(query).to_text(),
        "count": wanted,
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), "
                "set_config('hnsw.ef_search', %s, true)",
                [str(min(wanted, 1000))],
            )
        rows = _rows(_CANDIDATES.format(centre=f"centre::halfvec({len(query)})"), values)
    if len(rows) < wanted:
        # Without the cast the expression is not the index's.
        rows = _rows(_CANDIDATES.format(centre="centre"), values)
    ids, people, codes, scales = zip(*rows, strict=True) if rows else ((), (), (), ())
    return _Candidates(ids, people, codes, scales)


def _compared(search: VectorSearch, candidates: _Candidates, count: int) -> list[Near]:
    """Compare the vector with all faces of the candidates, and exactly with the nearest of the best."""
    if not candidates.ids:
        return []
    each = FACES_COMPARED + len(search.without)
    faces = CodedFaces(search.vector, candidates.codes, candidates.scales)
    wanted: dict[int, None] = {}
    for index in (-faces.nearest).argsort(kind="stable").tolist():
        wanted.setdefault(candidates.people[index])
        if len(wanted) == count + SPARE_PEOPLE:
            break
    compared = [
        (candidates.ids[index], place + 1)  # arrays of Postgres begin at 1
        for index, person in enumerate(candidates.people)
        if person in wanted
        for place in faces.places(index, each)
    ]
    exemplars, places = zip(*compared, strict=True)
    values = {
        "vector": vector_text(search.vector),
        "model": search.model,
        "exemplars": list(exemplars),
        "places": list(places),
        "without": list(search.without),
    }
    rows = _rows(_COMPARED, values)
    return [Near(face_id, float(distance), person, hidden=False) for face_id, distance, person in rows]


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Read rows in binary: codes as text take three times as long."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, binary=True)
        return cursor.fetchall()
