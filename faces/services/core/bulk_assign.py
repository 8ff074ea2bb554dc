"""Assign many faces to people at once."""

from collections.abc import Mapping

from django.db import connection


def faces_move(places: Mapping[int, int | None]) -> None:
    """Assign each face (its id) to a person (their id) or to none, in one statement."""
    if not places:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE faces_face SET person_id = moved.person_id
            FROM unnest(%s::bigint[], %s::bigint[]) AS moved (face_id, person_id)
            WHERE faces_face.id = moved.face_id
            """,
            [list(places.keys()), list(places.values())],
        )
