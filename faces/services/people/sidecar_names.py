"""Names that another program had in the photos of a person, without saying whose face is whose."""

from dataclasses import dataclass

from django.db import connection

from faces.models import Person

MOST_NAMES = 4

LEAST_SHARE = 0.3
"""Share of the person's photos with names that have this one, below which a name is somebody else's."""

_NAMES = """
WITH photo AS (
    SELECT DISTINCT face.image_id AS id
    FROM faces_face AS face
    WHERE face.person_id = %(person)s AND NOT face.dismissed AND NOT face.binned
), named AS (
    SELECT sidecar.image_id, sidecar.people
    FROM albums_sidecar AS sidecar
    JOIN photo ON photo.id = sidecar.image_id
    WHERE cardinality(sidecar.people) > 0
), here AS (
    SELECT name, count(*) AS photos FROM named, unnest(named.people) AS name GROUP BY name
), everywhere AS (
    SELECT name, count(*) AS photos
    FROM albums_sidecar AS sidecar
    JOIN albums_image AS image ON image.id = sidecar.image_id AND image.owner_id = %(owner)s
    CROSS JOIN LATERAL unnest(sidecar.people) AS name
    WHERE sidecar.people && (SELECT array_agg(name) FROM here)
    GROUP BY name
)
SELECT here.name, here.photos
FROM here
JOIN everywhere USING (name)
WHERE here.photos >= %(share)s * (SELECT count(*) FROM named)
ORDER BY here.photos ^ 2 / everywhere.photos DESC, here.name
LIMIT %(most)s
"""
"""Ordered by the square of the cosine between both sets of photos, up to a constant: a name that is in most
of these photos and seldom elsewhere comes before one that is in all photos of the account."""


@dataclass(frozen=True, slots=True)
class SidecarName:
    """A name, and in how many of the person's photos another program had it."""

    name: str
    photos: int


def sidecar_names(person: Person) -> list[SidecarName]:
    """Return the names that may be this person's, likeliest first; empty without any."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NAMES,
            {
                "person": person.pk,
                "owner": person.owner_id,
                "share": LEAST_SHARE,
                "most": MOST_NAMES,
            },
        )
        return [SidecarName(name, photos) for name, photos in cursor.fetchall()]
