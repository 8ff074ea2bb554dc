"""Rank the named people that a face may show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User
from numpy.typing import NDArray

from faces.models import Face, FaceEmbedding
from faces.services.core.owner_pipeline import owner_models
from faces.services.core.vector_search import VectorSearch
from faces.services.people.index import (
    WORTH_ASKING,
    Group,
    PeopleIndex,
    faces_in_photos,
    group_distances,
    people_index,
)
from faces.services.searching.exemplar_search import people_nearest
from faces.vectors import Array
from faces.vision.grouping.group_similarity import nearest_groups

SPARE = 3
"""Nearest people beyond those wanted that are compared: not each of them can be it."""

NEAREST_READ = 24
"""Nearest people of one face that are read, where exemplars find them: reading all takes longer."""

OFFERED = 3
LEAST_PROBABILITY = 0.1
"""A person below it is not offered: it is most likely somebody else."""

Row = tuple[int, int, Array]
"""A face: its id, that of its photo, and its vector of length 1."""

NearGroup = tuple[int, int, Group, float]
"""A group near a face: ids of the face and of its photo, the group, the mean cosine distance."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A named person that a face may show, with the probability 0..1 that it does."""

    person_id: int
    name: str
    probability: float


def likely_people(*, owner: User, faces: Sequence[Face]) -> dict[int, Likely]:
    """Return the likeliest named person of each of these faces that has one, by the face's id."""
    rows = _rows(owner, faces)
    ranked = people_ranked(people_index(owner), rows) if rows else {}
    return {face: likely[0] for face, likely in ranked.items()}


def people_like(face: Face, *, user: User) -> list[Likely]:
    """Return the likeliest named people of one face, best first; empty for a face without a vector."""
    model = owner_models(user.pk).embedder
    rows = _rows(user, [face])
    if not rows:
        return []
    near = people_nearest(VectorSearch(user.pk, rows[0][2], model, without=[face.pk]), NEAREST_READ)
    among = None if near is None else [one.person_id for one in near if one.person_id is not None]
    known = people_index(user, among=among)
    ranked = people_ranked(known, rows, count=OFFERED, least=LEAST_PROBABILITY)
    return [one for one in ranked.get(face.pk, []) if one.person_id != face.person_id]


def people_ranked(
    known: PeopleIndex, rows: Sequence[Row], *, count: int = 1, least: float = WORTH_ASKING
) -> dict[int, list[Likely]]:
    """Return the named people that each face may show, by the face's id, best first.

    Excludes people who are in that photo already and those the face was rejected for.
    """
    if not rows:
        return {}
    distances = group_distances(known, [vector for _face, _image, vector in rows])
    near = named_near(known, rows, distances, count=count, least=least)
    there = faces_in_photos([(image, group.person_id) for _face, image, group, _distance in near])
    return near_ranked(known, near, there, count=count)


def named_near(
    known: PeopleIndex,
    rows: Sequence[Row],
    distances: NDArray[np.float32],
    *,
    count: int = 1,
    least: float = WORTH_ASKING,
) -> list[NearGroup]:
    """Return the named groups nearest to each face, without those it was rejected for, for `near_ranked`.

    distances: as of `group_distances`. count: people wanted of each face, with a probability from `least` on.
    """
    columns, named = _named(known)
    nearest = nearest_groups(
        distances[:, columns], farthest=known.calibration.distance(least), k=count + SPARE
    )
    return [
        (face, image, named[index], distance)
        for (face, image, _vector), near in zip(rows, nearest, strict=True)
        for index, distance in near
        if (face, named[index].person_id) not in known.refused_faces
    ]


def near_ranked(
    known: PeopleIndex, near: Sequence[NearGroup], there: Collection[tuple[int, int]], *, count: int = 1
) -> dict[int, list[Likely]]:
    """Return up to `count` people of each face, best first, without those who are in its photo already.

    there: ids of photos and people in them.
    """
    probabilities = known.calibration.probabilities(np.asarray([distance for *_, distance in near]))
    ranked: dict[int, list[Likely]] = {}
    for (face, image, group, _distance), probability in zip(near, probabilities.tolist(), strict=True):
        likely = ranked.get(face, [])
        is_there = (image, group.person_id) in there and image not in known.repeats
        if not is_there and len(likely) < count:
            ranked[face] = [*likely, Likely(group.person_id, group.name, probability)]
    return ranked


def _named(known: PeopleIndex) -> tuple[list[int], list[Group]]:
    """Return the groups with a name, and their places among all groups."""
    groups = [(place, group) for place, group in enumerate(known.groups.values()) if group.name]
    return [place for place, _group in groups], [group for _place, group in groups]


def _rows(owner: User, faces: Sequence[Face]) -> list[Row]:
    embedder = owner_models(owner.pk).embedder
    rows = FaceEmbedding.objects.filter(model=embedder, face__in=[face.pk for face in faces])
    return list(rows.values_list("face_id", "face__image_id", "vector"))
