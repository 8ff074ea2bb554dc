"""Names that another program had in the photos of a person, without saying whose face is whose."""

from dataclasses import dataclass

from django.db import connection

from faces.models import Person

MOST_NAMES = 4

LEAST_SHARE = 0.3
"""Share of the person's photos with names that have this one, below which a name is somebody else's."""

LEAST_OF_BEST = 0.5
"""Share of the likeness of the person whom a name fits best, below which it is that person's."""

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
    SELECT name, count(*) AS photos
    FROM named, unnest(named.people) AS name
    GROUP BY name
    HAVING count(*) >= %(share)s * (SELECT count(*) FROM named)
), everywhere AS (
    SELECT name, sidecar.image_id
    FROM albums_sidecar AS sidecar
    JOIN albums_image AS image ON image.id = sidecar.image_id AND image.owner_id = %(owner)s
    CROSS JOIN LATERAL unnest(sidecar.people) AS name
    WHERE sidecar.people && (SELECT array_agg(name) FROM here) AND name IN (SELECT name FROM here)
), shared AS (
    SELECT everywhere.name, face.person_id, count(DISTINCT face.image_id) AS photos
    FROM everywhere
    JOIN faces_face AS face ON face.image_id = everywhere.image_id
        AND face.person_id IS NOT NULL AND NOT face.dismissed AND NOT face.binned
    GROUP BY everywhere.name, face.person_id
), likeness AS (
    SELECT
        shared.name,
        shared.person_id,
        shared.photos,
        shared.photos ^ 2 / greatest(stats.photos, shared.photos) / total.photos AS likeness
    FROM shared
    JOIN (SELECT name, count(*) AS photos FROM everywhere GROUP BY name) AS total USING (name)
    LEFT JOIN faces_personstats AS stats ON stats.person_id = shared.person_id
), ranked AS (
    SELECT *, max(likeness) OVER (PARTITION BY name) AS best FROM likeness
)
SELECT name, photos
FROM ranked
WHERE person_id = %(person)s AND likeness >= %(of_best)s * best
ORDER BY likeness DESC, name
LIMIT %(most)s
"""
"""The likeness of a name and a person is the square of the cosine between both sets of photos: a name that is
in most photos of the person and seldom elsewhere comes first, one that fits others better is left out."""


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
                "of_best": LEAST_OF_BEST,
                "most": MOST_NAMES,
            },
        )
        return [SidecarName(name, photos) for name, photos in cursor.fetchall()]
