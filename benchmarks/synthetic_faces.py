"""Synthetic accounts full of faces without pictures: random vectors in the product's tables.

The vectors are spread like those of the default embedder: pairs of one person are around .3 apart, strangers
around 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from bulk_copy import copy_rows
from numpy.typing import NDArray

MODEL, DIMENSIONS = "facenet_sface256", 256
CHUNK = 100_000
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        *(("bytes_face", ">i4"), ("face", ">i8")),
        *(("bytes_owner", ">i4"), ("owner", ">i4")),
        *(("bytes_model", ">i4"), ("model", f"S{len(MODEL)}")),
        *(("bytes_vector", ">i4"), ("dimensions", ">i2"), ("reserved", ">i2"), ("vector", ">f4", DIMENSIONS)),
        *(("bytes_clarity", ">i4"), ("clarity", ">f8")),
    ]
)
"""A row of vectors in the binary form of COPY: each value after its number of bytes."""

UNASSIGNED_EVERY = 20
"""One face in so many is unassigned, in an album with something to review."""

TWO_GROUPS_EVERY, GROUPS_BETWEEN = 10, 5
"""One person in so many resembles the person so many before; they share no photo."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The faces of one account.

    faces_a_person: the mean. skew: 0 if all people have as many; above, a person's faces are in proportion to
    (rank + 3) ** -skew. in_review: with unassigned faces and people in two groups.
    """

    faces: int
    faces_a_person: int = 20
    skew: float = 0.0
    faces_a_photo: float = 2.0
    in_review: bool = False


class Faces:
    """Random vectors: a centre for each person and faces around it; some directions vary more."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.spread = 1 / np.sqrt(1 + np.arange(DIMENSIONS) / 20)

    def centres(self, count: int) -> NDArray[np.float32]:
        """Return unit vectors of people: (count, dimensions)."""
        return _unit(self.rng.standard_normal((count, DIMENSIONS)) * self.spread)

    def around(self, centres: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a unit vector of a face of each person: (n, dimensions)."""
        noise = _unit(self.rng.standard_normal(centres.shape) * self.spread)
        return _unit(np.sqrt(0.7) * centres + np.sqrt(0.3) * noise)


def _unit(rows: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def accounts_store(owners: Sequence[Owner], faces: Faces) -> None:
    """Store users from id 1 on with photos, people, faces and vectors, and analyse the tables.

    The rows of the owners are mixed, as they would arrive. The index of all vectors is built at the end: row
    by row it takes many times as long.
    """
    from django.db import connection

    index = f"embedding_near_{MODEL}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index])
        definition = cursor.fetchone()[0]
        cursor.execute(f"DROP INDEX {index}")
        _rows_store(owners, faces)
        # A million vectors take more than one GB; beyond, they would be inserted one by one.
        cursor.execute("SET maintenance_work_mem = '2GB'")
        cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")


def _rows_store(owners: Sequence[Owner], faces: Faces) -> None:
    from django.contrib.auth.models import User

    User.objects.bulk_create(User(pk=pk, username=f"owner-{pk}") for pk in range(1, len(owners) + 1))
    sizes = [owner.faces for owner in owners]
    owner_of = np.repeat(np.arange(1, len(owners) + 1), sizes)
    person_of = _numbered(owner_of, np.concatenate([_people(one) for one in owners]))
    photo_of = _numbered(owner_of, np.concatenate([_photos(one) for one in owners]))
    unassigned = np.concatenate(
        [one.in_review & (np.arange(one.faces) % UNASSIGNED_EVERY == 7) for one in owners]
    )
    order = faces.rng.permutation(len(owner_of))
    _people_store(person_of, owner_of)
    _photos_store(photo_of[order], owner_of[order])
    centres = faces.centres(int(person_of.max()) + 1)
    if any(owner.in_review for owner in owners):
        again = np.arange(TWO_GROUPS_EVERY - 1, len(centres), TWO_GROUPS_EVERY)
        centres[again] = centres[again - GROUPS_BETWEEN]
    for start in range(0, len(order), CHUNK):
        chunk = order[start : start + CHUNK]
        _faces_store(chunk, photo_of=photo_of, person_of=np.where(unassigned, -1, person_of))
        _vectors_store(chunk, owner_of=owner_of, vectors=faces.around(centres[person_of[chunk]]))


def _people(owner: Owner) -> NDArray[np.int64]:
    """Return the person of each face, in ascending order."""
    index = np.arange(owner.faces)
    if not owner.skew:
        return np.asarray(index // owner.faces_a_person)
    shares = (np.arange(max(1, owner.faces // owner.faces_a_person)) + 3.0) ** -owner.skew
    return np.asarray(np.searchsorted(np.cumsum(shares) / shares.sum(), (index + 0.5) / owner.faces))


def _photos(owner: Owner) -> NDArray[np.int64]:
    """Return the photo of each face, so that a person is at most once in a photo."""
    person = _people(owner)
    turn = np.arange(owner.faces) - np.searchsorted(person, person)
    return np.asarray(turn * 1_000_000 + (person / owner.faces_a_photo).astype(np.int64))


def _numbered(owner_of: NDArray[np.int64], inside: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the pairs of an owner and a number within the owner, from 0."""
    pairs = owner_of * (inside.max(initial=0) + 1) + inside
    return np.asarray(np.unique(pairs, return_inverse=True)[1]).ravel()


def _people_store(person_of: NDArray[np.int64], owner_of: NDArray[np.int64]) -> None:
    """Store the people; every other one has a name."""
    from faces.models import Person

    people, first = np.unique(person_of, return_index=True)
    copy_rows(
        Person,
        (
            {"id": person + 1, "owner_id": owner, "name": "" if person % 2 else f"Person {person}"}
            for person, owner in zip(people.tolist(), owner_of[first].tolist(), strict=True)
        ),
    )


def _photos_store(photo_of: NDArray[np.int64], owner_of: NDArray[np.int64]) -> None:
    from albums.models import Image

    photos, first = np.unique(photo_of, return_index=True)
    known = {"source_path": "drawn.jpg", "size_bytes": 1, "state": Image.State.READY}
    copy_rows(
        Image,
        (
            {"id": photo + 1, "owner_id": owner, "sha256": f"{photo:064}", **known}
            for photo, owner in zip(photos.tolist(), owner_of[first].tolist(), strict=True)
        ),
    )


def _faces_store(
    chunk: NDArray[np.int64], *, photo_of: NDArray[np.int64], person_of: NDArray[np.int64]
) -> None:
    from faces.models import Face

    box = {"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2, "landmarks": [0.5] * 10}
    known = {**box, "score": 0.9, "quality": 0.8, "detector": "drawn", "crop": "drawn.jpg"}
    copy_rows(
        Face,
        (
            {
                "id": row + 1,
                "image_id": int(photo_of[row]) + 1,
                "person_id": int(person_of[row]) + 1 or None,
                **known,
            }
            for row in chunk.tolist()
        ),
    )


def _vectors_store(
    chunk: NDArray[np.int64], *, owner_of: NDArray[np.int64], vectors: NDArray[np.float32]
) -> None:
    """Store vectors in the binary form of COPY: as text a million take ten minutes."""
    from django.db import connection

    rows = np.zeros(len(chunk), dtype=_ROW)
    rows["fields"] = 5
    lengths = {"face": 8, "owner": 4, "model": len(MODEL), "vector": 4 + 4 * DIMENSIONS, "clarity": 8}
    for name, length in lengths.items():
        rows[f"bytes_{name}"] = length
    rows["face"], rows["owner"] = chunk + 1, owner_of[chunk]
    rows["model"], rows["clarity"] = MODEL.encode(), 1.0
    rows["dimensions"], rows["vector"] = DIMENSIONS, vectors
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY faces_faceembedding (face_id, owner_id, model, vector, clarity) FROM STDIN (FORMAT BINARY)"
        ) as copy,
    ):
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        copy.write(rows.tobytes())
        copy.write(b"\xff\xff")
