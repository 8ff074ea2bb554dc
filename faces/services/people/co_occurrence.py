"""People who are often in the same photos as a person."""

from django.contrib.auth.models import User
from django.db import connection

from faces.models import Person

_TOGETHER = """
SELECT other.person_id, count(DISTINCT other.image_id) AS photos
FROM faces_face AS mine
JOIN faces_face AS other ON other.image_id = mine.image_id AND other.person_id <> mine.person_id
    AND NOT other.dismissed AND NOT other.binned
JOIN faces_person AS person ON person.id = other.person_id AND person.owner_id = %(owner)s
    AND NOT person.hidden
WHERE mine.person_id = %(person)s AND NOT mine.dismissed AND NOT mine.binned
GROUP BY other.person_id
ORDER BY photos DESC, other.person_id
LIMIT %(count)s
"""


def seen_with(*, owner: User, person: Person, count: int) -> dict[int, int]:
    """The people who are in most photos of this one: person id -> photos together, most first."""
    if person.owner_id != owner.pk:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, {"owner": owner.pk, "person": person.pk, "count": count})
        return dict(cursor.fetchall())
