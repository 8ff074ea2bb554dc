"""Counts and mean vectors of people's faces, stored beside the people.

Database triggers record the people whose faces have changed; they only insert rows, so that changes do not
wait for each other. Before the statistics are read, these people are counted again in one statement, so the
statistics always agree with the faces.
"""

from django.db import connection, transaction

from albums.locks import AdvisoryLock
from faces.services.core.owner_pipeline import owner_models

_OUTDATED = """
SELECT dirty.person_id, dirty.id
FROM faces_dirtyperson AS dirty
LEFT JOIN faces_person AS person ON person.id = dirty.person_id
WHERE person.owner_id = %(owner)s OR person.id IS NULL
UNION ALL
SELECT person.id, NULL
FROM faces_person AS person
LEFT JOIN faces_personstats AS stats ON stats.person_id = person.id
WHERE person.owner_id = %(owner)s AND (stats.person_id IS NULL OR stats.model <> %(model)s)
"""
"""People to count: those with changed faces, and those never counted or counted with another model. Rows of
deleted people are returned too, so that they are removed."""

_COUNT = """
INSERT INTO faces_personstats (person_id, faces, photos, model, mean, clarity)
SELECT person.id, count(face.id), count(DISTINCT face.image_id), %(model)s, avg(embedding.vector),
    COALESCE(avg(embedding.clarity), 1)
FROM faces_person AS person
LEFT JOIN faces_face AS face ON face.person_id = person.id AND NOT face.dismissed AND NOT face.binned
LEFT JOIN faces_faceembedding AS embedding ON embedding.face_id = face.id AND embedding.model = %(model)s
WHERE person.owner_id = %(owner)s AND person.id = ANY(%(people)s)
GROUP BY person.id
ON CONFLICT (person_id) DO UPDATE SET
    faces = EXCLUDED.faces, photos = EXCLUDED.photos, model = EXCLUDED.model, mean = EXCLUDED.mean,
    clarity = EXCLUDED.clarity
"""

_EXEMPLARS_OUTDATED = """
WITH gone AS (DELETE FROM faces_personexemplar WHERE person_id = ANY(%(people)s))
INSERT INTO faces_personexemplar (person_id, owner_id, model, faces, codes, scale)
SELECT person.id, person.owner_id, %(model)s, '{}', '', 0
FROM faces_person AS person
WHERE person.owner_id = %(owner)s AND person.id = ANY(%(people)s)
    AND EXISTS (SELECT FROM faces_personexemplar WHERE owner_id = %(owner)s AND model = %(model)s)
"""
"""Mark these people, if any of the owner have exemplars: theirs are to be computed again."""


def stats_refresh(*, owner_id: int) -> str:
    """Count outdated people again. Returns the model of the mean vectors: the owner's current one."""
    model = owner_models(owner_id).embedder
    if _outdated(owner_id, model):
        with transaction.atomic(), connection.cursor() as cursor:
            # Serialized, so that an older count never overwrites a newer one.
            AdvisoryLock.PERSON_STATS.acquire(owner_id)
            rows = _outdated(owner_id, model)
            people = sorted({person_id for person_id, _ in rows})
            # A change from here on has inserted another row, which stays.
            for statement in (_COUNT, _EXEMPLARS_OUTDATED):
                cursor.execute(statement, {"owner": owner_id, "model": model, "people": people})
            cursor.execute(
                "DELETE FROM faces_dirtyperson WHERE id = ANY(%s)", [[pk for _, pk in rows if pk is not None]]
            )
    return model


def _outdated(owner_id: int, model: str) -> list[tuple[int, int | None]]:
    with connection.cursor() as cursor:
        cursor.execute(_OUTDATED, {"owner": owner_id, "model": model})
        rows: list[tuple[int, int | None]] = cursor.fetchall()
        return rows
