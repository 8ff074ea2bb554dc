"""Read the faces of an owner and the decisions about them, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import Cursor

from faces.models import FaceScan, Person, Verdict
from faces.services.people.verdicts import best_face, people_lacking_cover
from faces.vectors import vectors_decode
from faces.vision.grouping.rules import UNASSIGNED

FACES_WITH_VECTORS = """
SELECT face.id, face.image_id, face.person_id, face.poor_reason, embedding.vector, embedding.clarity,
    EXTRACT(EPOCH FROM image.captured_at)::float8
FROM faces_faceembedding embedding
JOIN faces_face face ON face.id = embedding.face_id
JOIN albums_image image ON image.id = face.image_id
WHERE embedding.model = %(model)s AND embedding.owner_id = %(owner)s AND NOT face.dismissed
    AND NOT face.binned
ORDER BY face.id
"""
SECONDS_PER_YEAR = 365.2425 * 24 * 3600


@dataclass(frozen=True, slots=True)
class OwnerFaces:
    """An owner's faces as arrays, in the order of their ids.

    ids, photos: (n,) int64. people: (n,) int64, the person a face is with now, or -1. known: (n,) int64, the
    person that a face is known to be, or -1. strong: (n,) bool, good enough to start a group. repeats: (n,)
    bool, in a photo where somebody may be twice. vectors: (n, dimensions) float32, of length 1. clarity: (n,)
    float32, 0..1, how much of each face the model saw. taken: (n,) float64, years from 1970 to the photo, NaN
    without a date; or None without any.
    refused: (index of a face, person id) pairs, the people that faces are known not to be.
    embedder: the model that made the vectors.
    """

    ids: NDArray[np.int64]
    photos: NDArray[np.int64]
    people: NDArray[np.int64]
    known: NDArray[np.int64]
    strong: NDArray[np.bool_]
    repeats: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    clarity: NDArray[np.float32]
    taken: NDArray[np.float64] | None = None
    refused: Sequence[tuple[int, int]] = ()
    embedder: str = "facenet128"

    def scaled(self) -> NDArray[np.float32]:
        """Return the vectors multiplied by their clarity, as they are compared."""
        return np.asarray(self.vectors * self.clarity[:, None])


def owner_faces(owner_id: int, *, embedder: str) -> OwnerFaces:
    """Read the present faces that have an embedding of this model."""
    rows = _rows(owner_id, embedder)
    ids = np.asarray([row[0] for row in rows], dtype=np.int64)
    photos = np.asarray([row[1] for row in rows], dtype=np.int64)
    anchors = anchors_of(owner_id)
    index_of = {face_id: index for index, face_id in enumerate(ids.tolist())}
    excepted = FaceScan.objects.filter(image__owner_id=owner_id, person_repeats=True)
    return OwnerFaces(
        ids=ids,
        photos=photos,
        people=np.asarray([row[2] or UNASSIGNED for row in rows], dtype=np.int64),
        known=np.asarray([anchors.get(face_id, UNASSIGNED) for face_id in ids.tolist()], dtype=np.int64),
        strong=np.asarray([not row[3] for row in rows], dtype=bool),
        repeats=np.isin(photos, list(excepted.values_list("image_id", flat=True))),
        vectors=vectors_decode([row[4] for row in rows]),
        clarity=np.asarray([row[5] for row in rows], dtype=np.float32),
        taken=np.asarray([np.nan if row[6] is None else row[6] for row in rows], dtype=np.float64)
        / SECONDS_PER_YEAR,
        refused=[
            (index_of[face_id], person_id)
            for face_id, person_id in rejections_of(owner_id)
            if face_id in index_of
        ],
        embedder=embedder,
    )


def _rows(owner_id: int, embedder: str) -> list[tuple[int, int, int | None, str, bytes, float, float | None]]:
    """Face, photo, person, why it is poor, its vector, how clear it is, and when the photo was taken.

    In bytes: as text it takes six times as long.
    """
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute(FACES_WITH_VECTORS, {"model": embedder, "owner": owner_id}, binary=True)
        return cursor.fetchall()


def anchors_of(owner_id: int) -> dict[int, int]:
    """Return the faces that identify people: face id -> person id.

    These are the confirmed faces; for a person without any, the cover; and if the cover was deleted or binned
    with its photo, the best face, for a person who must be found again.
    """
    people = Person.objects.filter(owner_id=owner_id)
    verdicts = Verdict.objects.filter(person__in=people, kind=Verdict.Kind.IS, face__binned=False)
    anchors: dict[int, int] = dict(verdicts.values_list("face_id", "person_id"))
    anchored = set(anchors.values())
    in_the_bin = people.filter(cover__binned=True).exclude(pk__in=anchored)
    homeless = {
        person.pk: best_face(person.pk)
        for person in [*people_lacking_cover(owner_id=owner_id), *in_the_bin.order_by("pk")]
    }
    covers = dict(people.filter(cover__binned=False).values_list("pk", "cover_id"))
    for person_id, face_id in (covers | homeless).items():
        if person_id not in anchored and face_id is not None:
            anchors.setdefault(face_id, person_id)
    return anchors


def rejections_of(owner_id: int) -> list[tuple[int, int]]:
    """(face id, person id) of all faces that are known not to be somebody, in the order of the faces."""
    verdicts = Verdict.objects.filter(person__owner_id=owner_id, kind=Verdict.Kind.IS_NOT)
    return list(verdicts.order_by("face_id", "person_id").values_list("face_id", "person_id"))
