"""How often each person is seen, and the mean of their faces, kept beside the people.

Triggers in the database write down whose faces have changed, whoever changed them and however; they only add
rows, and so nobody ever waits for another there. Before tallies are read, those people are counted again, in
one statement for all: an answer of the review queue concerns two of a thousand. So what is read is always
what the faces say.
"""

from __future__ import annotations

from django.db import connection, transaction

from faces.services.core.owner_pipeline import owner_models

LOCK_NAMESPACE = 0x7A10
"""First key of the advisory lock under which an owner's tallies are written; the owner is the second."""

_OUTDATED = """
SELECT stale.person_id, stale.id
FROM faces_staleperson AS stale
LEFT JOIN faces_person AS person ON person.id = stale.person_id
WHERE person.owner_id = %(owner)s OR person.id IS NULL
UNION ALL
SELECT person.id, NULL
FROM faces_person AS person
LEFT JOIN faces_persontally AS tally ON tally.person_id = person.id
WHERE person.owner_id = %(owner)s AND (tally.person_id IS NULL OR tally.model <> %(model)s)
"""
"""People to be counted: whose faces have changed, and who never were, or with another model. What was written
down about people who are no longer there goes along."""

_COUNT = """
INSERT INTO faces_persontally (person_id, faces, photos, model, mean)
SELECT person.id, count(face.id), count(DISTINCT face.image_id), %(model)s, avg(embedding.vector)
FROM faces_person AS person
LEFT JOIN faces_face AS face ON face.person_id = person.id AND NOT face.dismissed AND NOT face.binned
LEFT JOIN faces_faceembedding AS embedding ON embedding.face_id = face.id AND embedding.model = %(model)s
WHERE person.owner_id = %(owner)s AND person.id = ANY(%(people)s)
GROUP BY person.id
ON CONFLICT (person_id) DO UPDATE SET
    faces = EXCLUDED.faces, photos = EXCLUDED.photos, model = EXCLUDED.model, mean = EXCLUDED.mean
"""


def tallies_refresh(*, owner_id: int) -> str:
    """Count again whoever must be. Returns the model of the means: the one that the owner has now."""
    model = owner_models(owner_id).embedder
    if _outdated(owner_id, model):
        with transaction.atomic(), connection.cursor() as cursor:
            # One at a time, or an older count could come after a newer one.
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_NAMESPACE, owner_id])
            rows = _outdated(owner_id, model)
            people = sorted({person_id for person_id, _ in rows})
            # What changes from here on has written another row, which stays.
            cursor.execute(_COUNT, {"owner": owner_id, "model": model, "people": people})
            cursor.execute(
                "DELETE FROM faces_staleperson WHERE id = ANY(%s)", [[pk for _, pk in rows if pk is not None]]
            )
    return model


def _outdated(owner_id: int, model: str) -> list[tuple[int, int | None]]:
    with connection.cursor() as cursor:
        cursor.execute(_OUTDATED, {"owner": owner_id, "model": model})
        rows: list[tuple[int, int | None]] = cursor.fetchall()
        return rows
