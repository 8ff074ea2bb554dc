"""Exemplars of the people of owners with many faces, stored beside the people.

A database trigger deletes those of people whose faces change, so that nothing erased stays in them. Such a
person is compared face by face until `exemplars_renew` has computed their exemplars again.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
from django.db import connection, transaction
from django.db.models import Sum
from pgvector import HalfVector
from psycopg import Cursor

from faces.models import DirtyPerson, Person, PersonExemplar, PersonStats
from faces.services.core.owner_pipeline import owner_models
from faces.services.history.history import changes_lock
from faces.services.people.stats import stats_refresh
from faces.vectors import vectors_decode
from faces.vision.grouping.exemplars import exemplars_of

EXEMPLARS_FROM = 20_000
"""Assigned faces of an owner from which people have exemplars: below, comparing with each face is as fast."""

FACES_AT_ONCE = 20_000
"""Faces whose vectors are in memory at once; those of one person always are."""

_MARK = """
INSERT INTO faces_personexemplar (person_id, owner_id, model, faces, codes, scale)
SELECT person.id, person.owner_id, %(model)s, '{}', '', 0
FROM faces_person AS person JOIN faces_personstats AS stats ON stats.person_id = person.id
WHERE person.owner_id = %(owner)s AND stats.faces > 0
    AND NOT EXISTS (SELECT FROM faces_personexemplar AS exemplar WHERE exemplar.person_id = person.id)
"""

_VECTORS = """
SELECT face.person_id, face.id, embedding.vector
FROM faces_face AS face
JOIN faces_faceembedding AS embedding ON embedding.face_id = face.id AND embedding.model = %(model)s
WHERE face.person_id = ANY(%(people)s) AND NOT face.dismissed AND NOT face.binned
ORDER BY face.person_id, face.id
"""

_UNCHANGED = """
DELETE FROM faces_personexemplar AS mark
WHERE mark.id = ANY(%s) AND NOT EXISTS (
    SELECT FROM faces_dirtyperson AS dirty WHERE dirty.person_id = mark.person_id
)
RETURNING mark.person_id
"""

_WRONG = """
WITH listed AS (
    SELECT person_id, model, unnest(faces) AS face_id FROM faces_personexemplar
    WHERE owner_id = %(owner)s AND centre IS NOT NULL
), present AS (
    SELECT face.person_id, embedding.model, face.id AS face_id
    FROM faces_faceembedding AS embedding JOIN faces_face AS face ON face.id = embedding.face_id
    WHERE embedding.owner_id = %(owner)s AND embedding.model = %(model)s
        AND face.person_id IS NOT NULL AND NOT face.dismissed AND NOT face.binned
)
SELECT DISTINCT wrong.person_id
FROM (
    SELECT person_id FROM listed FULL JOIN present USING (person_id, model, face_id)
    WHERE listed.face_id IS NULL OR present.face_id IS NULL
) AS wrong
WHERE NOT EXISTS (SELECT FROM faces_dirtyperson AS dirty WHERE dirty.person_id = wrong.person_id)
    AND NOT EXISTS (
        SELECT FROM faces_personexemplar AS mark
        WHERE mark.person_id = wrong.person_id AND mark.centre IS NULL
    )
ORDER BY wrong.person_id
"""


def exemplars_renew(*, owner_id: int) -> int:
    """Compute missing exemplars of an owner's people; returns the number of these people.

    An owner with few faces has none. Each part is a transaction, so that an interrupted call can be repeated.
    """
    model = stats_refresh(owner_id=owner_id)
    stored = PersonExemplar.objects.filter(owner_id=owner_id)
    if not _has_many_faces(owner_id):
        stored.delete()
        return 0
    stored.exclude(model=model).delete()
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {"owner": owner_id, "model": model})
    return sum(_compute(part, owner_id, model) for part in _parts(owner_id))


def exemplars_missing(owner_id: int) -> bool:
    """Return whether people of an owner with many faces lack current exemplars."""
    if not _has_many_faces(owner_id):
        return False
    stored = PersonExemplar.objects.filter(owner_id=owner_id, model=owner_models(owner_id).embedder)
    changed = DirtyPerson.objects.filter(person_id__in=Person.objects.filter(owner_id=owner_id).values("pk"))
    return not stored.exists() or stored.filter(centre=None).exists() or changed.exists()


def exemplars_wrong(owner_id: int) -> list[int]:
    """Return the people whose exemplars do not have exactly their faces, though none is to be computed."""
    stored = PersonExemplar.objects.filter(owner_id=owner_id)
    if not stored.exists():
        return []
    model = owner_models(owner_id).embedder
    with connection.cursor() as cursor:
        cursor.execute(_WRONG, {"owner": owner_id, "model": model})
        return [int(person_id) for (person_id,) in cursor.fetchall()]


def _has_many_faces(owner_id: int) -> bool:
    counted = PersonStats.objects.filter(person__owner_id=owner_id)
    return (counted.aggregate(total=Sum("faces"))["total"] or 0) >= EXEMPLARS_FROM


def _parts(owner_id: int) -> Iterator[dict[int, int]]:
    """Yield marks by person, of people with `FACES_AT_ONCE` faces together."""
    marks = PersonExemplar.objects.filter(owner_id=owner_id, centre=None).order_by("pk")
    part: dict[int, int] = {}
    faces = 0
    for mark, person_id, count in list(marks.values_list("pk", "person_id", "person__stats__faces")):
        if part and faces + (count or 0) > FACES_AT_ONCE:
            yield part
            part, faces = {}, 0
        part[person_id] = mark
        faces += count or 0
    if part:
        yield part


def _compute(marks: dict[int, int], owner_id: int, model: str) -> int:
    found = list(_exemplars(list(marks), owner_id, model))
    with transaction.atomic():
        # An erasure waits for it: what is written here is deleted with the rest, or was never read.
        changes_lock(owner_id)
        with connection.cursor() as cursor:
            cursor.execute(_UNCHANGED, [list(marks.values())])
            unchanged = {person_id for (person_id,) in cursor.fetchall()}
        PersonExemplar.objects.bulk_create(
            (one for one in found if one.person_id in unchanged), batch_size=200
        )
    return len(unchanged)


def _exemplars(people: Sequence[int], owner_id: int, model: str) -> Iterator[PersonExemplar]:
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute(_VECTORS, {"people": people, "model": model}, binary=True)
        rows = cursor.fetchall()
    for person_id, group in groupby(rows, key=itemgetter(0)):
        theirs = list(group)
        ids = np.asarray([face_id for _person, face_id, _vector in theirs])
        for exemplar in exemplars_of(vectors_decode([vector for _person, _face, vector in theirs])):
            yield PersonExemplar(
                person_id=person_id,
                owner_id=owner_id,
                model=model,
                centre=HalfVector(exemplar.centre),
                faces=ids[exemplar.members].tolist(),
                codes=exemplar.codes.tobytes(),
                scale=exemplar.scale,
            )
