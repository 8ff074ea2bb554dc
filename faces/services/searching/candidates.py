"""Candidates for a face: the named people that it most likely shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User
from numpy.typing import NDArray

from faces.exceptions import FaceNotReadYet
from faces.models import Face, FaceEmbedding, FaceScan, Verdict
from faces.services.people.index import WORTH_ASKING, Known, known_of, people_there
from faces.services.searching.lookalike import lookalikes_of_face
from faces.services.searching.nearest import NearPerson
from faces.vision.grouping.group_similarity import nearest_groups

NEIGHBOURS = 4
"""Nearest people that are looked at for each face: not each of them can be it."""

OFFERED = 3
LOOKED_AT = 12
LEAST_PROBABILITY = 0.1
"""Below it a name is most likely somebody else's: offering it would only put words into a mouth."""

Row = tuple[int, int, NDArray[np.float32]]
"""A face: its id, that of its photo, and its vector of length 1."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A named person a face may be, with the probability 0..1 that it is."""

    person_id: int
    name: str
    probability: float


def likely_people(*, owner: User, faces: Sequence[Face]) -> dict[int, Likely]:
    """The likeliest named person of each of these faces: face id -> person; faces without one left out."""
    if not faces:
        return {}
    known = known_of(owner)
    rows = FaceEmbedding.objects.filter(model=known.embedder, face__in=[face.pk for face in faces])
    sent = rows.values_list("face_id", "face__image_id", "vector")
    return likely_of(known, list(sent))


def likely_of(known: Known, rows: Sequence[Row]) -> dict[int, Likely]:
    """The nearest named person of each face who can be it.

    Nobody who is in that photo already, nor of whom somebody said that this face is not them.
    """
    named = [group for group in known.groups.values() if group.name]
    if not named or not rows:
        return {}
    nearest = nearest_groups(
        np.stack([vector for _face, _image, vector in rows]),
        np.stack([group.mean for group in named]),
        farthest=known.calibration.distance(WORTH_ASKING),
        k=NEIGHBOURS,
    )
    there = people_there(
        [
            (image, named[index].person_id)
            for (_face, image, _vector), near in zip(rows, nearest, strict=True)
            for index, _distance in near
            if image not in known.repeats
        ]
    )
    found: list[tuple[int, int, float]] = []
    for (face, image, _vector), near in zip(rows, nearest, strict=True):
        for index, distance in near:
            person_id = named[index].person_id
            if (image, person_id) not in there and (face, person_id) not in known.refused_faces:
                found.append((face, index, distance))
                break
    likely = known.calibration.probabilities(np.asarray([distance for _, _, distance in found]))
    return {
        face: Likely(named[index].person_id, named[index].name, probability)
        for (face, index, _distance), probability in zip(found, likely.tolist(), strict=True)
    }


def people_like(face: Face, *, user: User) -> list[NearPerson]:
    """The likeliest people with a name, best first; nobody of whom it was said that they are not it.

    Nor anybody who is in the photo already, unless the owner said that somebody may be in it twice. Empty for
    a face that has no vector yet.
    """
    try:
        found = lookalikes_of_face(user=user, face=face, people=LOOKED_AT, faces=0).people
    except FaceNotReadYet:
        return []
    refused = Verdict.objects.filter(face=face, kind=Verdict.Kind.IS_NOT)
    not_them = set(refused.values_list("person_id", flat=True))
    if not FaceScan.objects.filter(image_id=face.image_id, person_repeats=True).exists():
        here = Face.objects.present().filter(image_id=face.image_id, person__isnull=False)
        not_them |= set(here.values_list("person_id", flat=True))
    if face.person_id is not None:
        not_them.add(face.person_id)
    near = [
        one
        for one in found
        if one.person.name and one.person.pk not in not_them and one.probability >= LEAST_PROBABILITY
    ]
    return near[:OFFERED]
