"""The faces that a change concerned, to be shown with it."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import connection

from faces.models import Change, Face

FACES_SHOWN = 6

_FACES = """
SELECT change.id, concerned.face_id
FROM faces_change AS change
CROSS JOIN LATERAL (
    SELECT DISTINCT face_id FROM (
        (SELECT key::bigint AS face_id FROM jsonb_object_keys(change.rows -> 'face') AS key LIMIT %(count)s)
        UNION ALL
        (SELECT coalesce(row.value #>> '{after,face_id}', row.value #>> '{before,face_id}')::bigint
         FROM jsonb_each(change.rows -> 'verdict') AS row LIMIT %(count)s)
        UNION ALL
        (SELECT person.cover_id
         FROM jsonb_object_keys(change.rows -> 'person') AS key
         JOIN faces_person AS person ON person.id = key::bigint AND person.owner_id = change.owner_id
         LIMIT %(count)s)
    ) AS several
    WHERE face_id IS NOT NULL
) AS concerned
WHERE change.id = ANY(%(changes)s) AND change.owner_id = %(owner)s AND change.kind <> ALL(%(large)s)
"""
"""Without groupings: their rows are too many, and no few faces represent them."""

LARGE = [str(Change.Kind.RUN), str(Change.Kind.REINDEX)]


def faces_of_changes(*, owner: User, changes: Sequence[Change]) -> dict[int, list[Face]]:
    """Return a few present faces with a picture for each change, by the change's id, in two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FACES,
            {"count": FACES_SHOWN, "owner": owner.pk, "large": LARGE, "changes": [one.pk for one in changes]},
        )
        pairs = cursor.fetchall()
    rows = Face.objects.visible_to(owner).present().exclude(crop="").select_related("person", "image")
    faces = rows.in_bulk({face_id for _, face_id in pairs})
    found: dict[int, list[Face]] = {}
    for change_id, face_id in sorted(pairs):
        several = found.setdefault(change_id, [])
        if face_id in faces and len(several) < FACES_SHOWN:
            several.append(faces[face_id])
    return found
