"""The evidence shown with a question: its faces, and faces to compare them with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from faces.models import Face, Person
from faces.services.people.index import Group, PeopleIndex
from faces.services.reviewing.kinds import Candidate, Kind
from faces.services.reviewing.rings import Ring, ring_of, with_neighbours
from faces.vectors import vector_text

FACES_SHOWN = 4
FACES_COMPARED = 250
"""Most faces of a person that are compared for the shown ones."""

UNCLEAR = {Kind.IS_FACE, Kind.KNOWN}
"""Kinds of questions that compare nothing."""

_NEAREST = """
SELECT query.number, near.face_id, near.confirmed, near.distance
FROM unnest(%(numbers)s::int[], %(people)s::bigint[], %(not_in)s::bigint[], %(vectors)s::vector[])
    AS query(number, person_id, not_in, vector)
CROSS JOIN LATERAL (
    WITH verdict AS MATERIALIZED (
        SELECT face_id, person_id
        FROM faces_verdict
        WHERE person_id = query.person_id AND kind = 'is'
        ORDER BY id DESC
        LIMIT %(most)s
    ), confirmed AS MATERIALIZED (
        SELECT face.id, face.quality * embedding.clarity AS clear, embedding.vector
        FROM verdict
        JOIN faces_face AS face ON face.id = verdict.face_id AND face.person_id = verdict.person_id
        JOIN faces_faceembedding AS embedding ON embedding.face_id = face.id AND embedding.model = %(model)s
        WHERE NOT face.dismissed AND NOT face.binned AND face.crop <> '' AND face.image_id <> query.not_in
    ), face AS (
        SELECT id, clear, vector, true AS confirmed FROM confirmed
        UNION ALL
        SELECT other.id, other.quality * embedding.clarity, embedding.vector, false
        FROM (
            SELECT id, quality
            FROM faces_face
            WHERE person_id = query.person_id AND id NOT IN (SELECT id FROM confirmed)
                AND NOT dismissed AND NOT binned AND crop <> '' AND image_id <> query.not_in
            ORDER BY quality DESC, id
            LIMIT CASE WHEN (SELECT count(*) FROM confirmed) < %(count)s THEN %(most)s ELSE 0 END
        ) AS other
        JOIN faces_faceembedding AS embedding ON embedding.face_id = other.id AND embedding.model = %(model)s
    )
    SELECT
        face.id AS face_id,
        face.confirmed,
        1 + (face.vector <#> query.vector) AS distance,
        row_number() OVER (ORDER BY face.confirmed DESC, face.clear DESC, face.id) > 1 AS beside
    FROM face
    ORDER BY beside, confirmed DESC, distance, face.id
    LIMIT %(count)s
) AS near
"""
"""One query for all. The first face of each is the reference: the clearest confirmed one, else the clearest,
so that a dark face that was confirmed by mistake is not shown large. `<#>` is the negative inner product:
with a mean it gives the mean cosine distance.

Confirmed faces come first, so the others are read only where too few are confirmed. A person may have
thousands of either: of the confirmed ones the last are compared, of the others the best."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A face shown with a question.

    probability: that it is the person on the other side, if compared. ring: its place in its picture, where
    other faces are in the picture too.
    """

    face: Face
    confirmed: bool = False
    probability: float | None = None
    ring: Ring | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: faces, and their person with the count of all their faces."""

    faces: tuple[Evidence, ...]
    person: Person | None = None
    face_count: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the queue.

    key: identifies the question in an answer. name: of its person, or empty. settles: number of faces that
        one answer affects.
    probability: that the answer is yes by the faces alone, 0..1; None where nothing is compared. chance: that
    the answer changes something, 0..1, as the queue is ordered.
    sides: SAME_PERSON: the one that stays, the other. IS_NAME: the face, the person. IS_FACE: the face.
    TWICE, AGAIN: both faces as in `Candidate`, the person by faces in other photos. MIXED: faces of each
    side. KNOWN: the group. IS_FACE: all faces of the page, on one side.
    """

    key: str
    kind: Kind
    name: str
    settles: int
    probability: float | None
    chance: float
    sides: tuple[Side, ...]
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class _FaceQuery:
    """A query for the faces of a person nearest to a vector, outside the photo `not_in`."""

    person_id: int
    vector: str
    not_in: int = 0


def questions_of(
    known: PeopleIndex, candidates: Sequence[Candidate], *, skipped: frozenset[str]
) -> list[Question]:
    """Return the questions of candidates whose faces exist, in their order, in five queries."""
    own = [face_id for candidate in candidates for face_id in _ids(candidate)]
    subjects = with_neighbours(Face.objects.visible_to(known.owner)).in_bulk(own)
    candidates = [one for one in candidates if all(face_id in subjects for face_id in one.faces)]
    vectors = _texts(known, [one.faces[0] for one in candidates if one.kind is Kind.IS_NAME])
    searches = [_searches(one, known, subjects, vectors) for one in candidates]
    found = iter(_nearest(known, [search for several in searches for search in several]))
    concerned = {search.person_id for several in searches for search in several}
    rows = Person.objects.visible_to(known.owner).select_related("cover").in_bulk(concerned)
    questions = []
    for candidate, several in zip(candidates, searches, strict=True):
        faces = _own_sides(candidate, subjects)
        people = tuple(
            _side(rows.get(one.person_id), known.groups[one.person_id], next(found)) for one in several
        )
        questions.append(
            Question(
                key=candidate.key,
                kind=candidate.kind,
                name=_name(candidate, known),
                settles=candidate.settles,
                probability=None if candidate.kind in UNCLEAR else candidate.probability,
                chance=candidate.chance,
                sides=(*faces, *people),
                skipped=candidate.key in skipped,
            )
        )
    return questions


def _name(candidate: Candidate, known: PeopleIndex) -> str:
    return next(filter(None, (known.groups[person_id].name for person_id in candidate.people)), "")


def _ids(candidate: Candidate) -> list[int]:
    return [*candidate.faces, *(face_id for side in candidate.shown for face_id in side)]


def _shown(face: Face) -> Evidence:
    return Evidence(face, ring=ring_of(face))


def _own_sides(candidate: Candidate, subjects: Mapping[int, Face]) -> tuple[Side, ...]:
    """Return the sides that are faces rather than people, without deleted faces."""
    if candidate.kind is Kind.IS_FACE:
        return (Side(tuple(_shown(subjects[face_id]) for face_id in candidate.faces)),)
    if candidate.kind is not Kind.MIXED:
        return tuple(Side((_shown(subjects[face_id]),)) for face_id in candidate.faces)
    (person_id,) = candidate.people
    return tuple(
        Side(
            tuple(
                _shown(subjects[face_id])
                for face_id in side
                if face_id in subjects and subjects[face_id].person_id == person_id
            )
        )
        for side in candidate.shown
    )


def _side(person: Person | None, group: Group, faces: tuple[Evidence, ...]) -> Side:
    return Side(faces) if person is None else Side(faces, person, group.faces)


def _searches(
    candidate: Candidate, known: PeopleIndex, subjects: Mapping[int, Face], vectors: Mapping[int, str]
) -> list[_FaceQuery]:
    match candidate.kind:
        case Kind.SAME_PERSON:
            stays, goes = candidate.people
            means = {one: vector_text(known.groups[one].mean) for one in candidate.people}
            return [_FaceQuery(stays, means[goes]), _FaceQuery(goes, means[stays])]
        case Kind.KNOWN:
            person_id = candidate.people[0]
            return [_FaceQuery(person_id, vector_text(known.groups[person_id].mean))]
        case Kind.IS_NAME:
            return [_FaceQuery(candidate.people[0], vectors[candidate.faces[0]])]
        case Kind.TWICE | Kind.AGAIN:
            person_id = candidate.people[0]
            mean = vector_text(known.groups[person_id].mean)
            return [_FaceQuery(person_id, mean, not_in=subjects[candidate.faces[0]].image_id)]
        case Kind.IS_FACE | Kind.MIXED:
            return []


def _texts(known: PeopleIndex, face_ids: Sequence[int]) -> dict[int, str]:
    if not face_ids:
        return {}
    rows = Face.objects.filter(pk__in=face_ids, embeddings__model=known.embedder)
    return {pk: vector_text(vector) for pk, vector in rows.values_list("pk", "embeddings__vector")}


def _nearest(known: PeopleIndex, queries: Sequence[_FaceQuery]) -> list[tuple[Evidence, ...]]:
    """Return the faces of each query, confirmed ones first, then the nearest."""
    if not queries:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAREST,
            {
                "numbers": list(range(len(queries))),
                "people": [one.person_id for one in queries],
                "not_in": [one.not_in for one in queries],
                "vectors": [one.vector for one in queries],
                "model": known.embedder,
                "count": FACES_SHOWN,
                "most": FACES_COMPARED,
            },
        )
        rows = cursor.fetchall()
    faces = with_neighbours(Face.objects.visible_to(known.owner)).in_bulk([row[1] for row in rows])
    found: list[list[Evidence]] = [[] for _ in queries]
    for number, face_id, confirmed, distance in rows:
        if face_id in faces:
            probability = known.calibration.probability(distance)
            face = faces[face_id]
            found[number].append(Evidence(face, confirmed, probability, ring_of(face)))
    return [tuple(several) for several in found]
