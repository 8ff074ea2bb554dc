"""What the review queue knows of an owner: their groups as numbers, and what was said already.

The database adds the vectors of each group up, and sends its photos as one array in binary: a hundred
thousand faces come as a thousand rows, and nothing is made of a group that no question is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.contrib.auth.models import User
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BinaryField, Count, Expression, F, Func, Sum
from numpy.typing import NDArray

from faces.models import FaceEmbedding, FaceScan, Person, Verdict
from faces.services.owner_models import owner_models
from faces.vision.calibration import Calibration, calibration_of

ARRAY_HEADER_BYTES = 20
"""Of what `array_send` makes of a list: dimensions, whether there are nulls, type, length, first index."""


@dataclass(frozen=True)
class Group:
    """A person with their faces, as numbers.

    mean: (dimensions,), of the vectors of their faces. images: (faces,) the photo of each face, in any order.
    """

    person_id: int
    name: str
    mean: NDArray[np.float32]
    images: NDArray[np.int64]

    @property
    def faces(self) -> int:
        """How many faces they have."""
        return len(self.images)

    @cached_property
    def photos(self) -> frozenset[int]:
        """The photos they are in."""
        return frozenset(self.images.tolist())


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of an owner once, for all kinds of questions.

    groups: visible people with at least one face. refused: person ids (a, b), a < b: a face of one is said
    not to be the other. refused_faces: (face id, person id). repeats: photos with the owner's exception.
    """

    owner: User
    embedder: str
    calibration: Calibration
    groups: dict[int, Group]
    refused: frozenset[tuple[int, int]]
    refused_faces: frozenset[tuple[int, int]]
    repeats: frozenset[int]


def vector_bytes(expression: Expression | F) -> Func:
    """A vector in binary, to be read by `vector_read`: a hundred times faster than its text."""
    return Func(expression, function="vector_send", output_field=BinaryField())


def vector_read(sent: bytes | memoryview) -> NDArray[np.float32]:
    """The (dimensions,) array of `vector_bytes`: two 16-bit numbers, then big-endian floats."""
    return np.frombuffer(sent, dtype=">f4", offset=4).astype(np.float32)


def known_of(owner: User) -> Known:
    """Read people, what was refused, and photos with the exception: five queries, whatever their number."""
    embedder = owner_models(owner.pk).embedder
    refusals = list(
        Verdict.objects.filter(person__owner=owner, kind=Verdict.Kind.IS_NOT).values_list(
            "face_id", "face__person_id", "person_id"
        )
    )
    return Known(
        owner=owner,
        embedder=embedder,
        calibration=calibration_of(embedder),
        groups=_groups(owner, embedder),
        refused=frozenset((min(a, b), max(a, b)) for _face, a, b in refusals if a),
        refused_faces=frozenset((face, person) for face, _now, person in refusals),
        repeats=frozenset(
            FaceScan.objects.visible_to(owner).filter(person_repeats=True).values_list("image_id", flat=True)
        ),
    )


def _groups(owner: User, embedder: str) -> dict[int, Group]:
    """By person, in the order of their ids."""
    names = dict(
        Person.objects.visible_to(owner).filter(hidden=False).order_by("pk").values_list("pk", "name")
    )
    # People are not joined, and their vectors not averaged but added up: each takes twice as long.
    rows = (
        FaceEmbedding.objects.of_own_faces(owner, model=embedder)
        .filter(face__person__isnull=False, face__dismissed=False, face__binned=False)
        .order_by()
        .values("face__person_id")
        .annotate(
            faces=Count("pk"),
            total=vector_bytes(Sum("vector")),
            photos=Func(ArrayAgg("face__image_id"), function="array_send", output_field=BinaryField()),
        )
        .values_list("face__person_id", "faces", "total", "photos")
    )
    groups = {
        pk: Group(pk, names[pk], vector_read(total) / np.float32(count), _ids(photos))
        for pk, count, total, photos in rows
        if pk in names
    }
    return {pk: groups[pk] for pk in names if pk in groups}


def _ids(sent: bytes | memoryview) -> NDArray[np.int64]:
    """The ids in what `array_send` makes of a list of bigint: before each its length in bytes."""
    row = np.dtype([("length", ">i4"), ("id", ">i8")])
    return np.frombuffer(sent, dtype=row, offset=ARRAY_HEADER_BYTES)["id"].astype(np.int64)
