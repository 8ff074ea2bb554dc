"""Index of an owner: the groups with their mean vectors, and the rejections."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User
from django.db import connection
from numpy.typing import NDArray

from faces.models import FaceScan, Person, PersonStats, Verdict
from faces.services.people.stats import stats_refresh
from faces.vectors import vector_sent, vectors_decode
from faces.vision.calibration import Calibration
from faces.vision.profiles import profile_of

WORTH_ASKING = 0.2
"""Pairs below this probability are no questions: nearly all answers would be no."""

UNCLEAR = 0.7
"""Mean clarity below which the faces of a group may be several people: unclear faces look alike."""

_TOGETHER = """
SELECT pair.one, pair.other
FROM unnest(%s::bigint[], %s::bigint[]) AS pair (one, other)
WHERE EXISTS (
    SELECT FROM faces_face AS here
    JOIN faces_face AS there ON there.image_id = here.image_id AND there.person_id = pair.other
        AND NOT there.dismissed AND NOT there.binned
    WHERE here.person_id = pair.one AND NOT here.dismissed AND NOT here.binned
        AND here.image_id <> ALL(%s::bigint[])
)
"""
"""Of the pairs of people those who are in a photo together; `one` should be who has fewer faces."""

_THERE = """
SELECT pair.image, pair.person, face.id
FROM unnest(%s::bigint[], %s::bigint[]) AS pair (image, person)
JOIN faces_face AS face ON face.person_id = pair.person AND face.image_id = pair.image
    AND NOT face.dismissed AND NOT face.binned
ORDER BY face.quality, face.id DESC
"""
"""Of the pairs of a photo and a person, the faces of the person in the photo, the best last."""


@dataclass(frozen=True, slots=True)
class Group:
    """A person: how many faces in how many photos, the mean of their vectors (dimensions,), their clarity."""

    person_id: int
    name: str
    faces: int
    photos: int
    mean: NDArray[np.float32]
    clarity: float

    @property
    def unclear(self) -> bool:
        """Return whether the faces are so unclear that they may be several people."""
        return self.clarity < UNCLEAR


@dataclass(frozen=True, slots=True)
class PeopleIndex:
    """The groups and rejections of an owner, read once for all kinds of questions.

    groups: visible people with at least one face. means: (groups, dimensions), in their order.
    refused: person ids (a, b), a < b: a face of one is rejected for the other. refused_faces: (face id,
    person id). repeats: photos that allow a person twice.
    """

    owner: User
    embedder: str
    calibration: Calibration
    groups: dict[int, Group]
    means: NDArray[np.float32]
    refused: frozenset[tuple[int, int]]
    refused_faces: frozenset[tuple[int, int]]
    repeats: frozenset[int]


def people_index(owner: User, *, among: Collection[int] | None = None) -> PeopleIndex:
    """Read people, what was refused, and photos with the exception: a fixed number of queries.

    among: only these people.
    """
    embedder = stats_refresh(owner_id=owner.pk)
    # Values and no rows: of a thousand people, rows cost more than all the rest.
    people = Person.objects.visible_to(owner).filter(hidden=False)
    if among is not None:
        people = people.filter(pk__in=among)
    rows = list(
        PersonStats.objects.filter(person__in=people)
        .filter(faces__gt=0, mean__isnull=False)
        .order_by("person_id")
        .values_list("person_id", "person__name", "faces", "photos", "clarity", vector_sent("mean"))
    )
    means = vectors_decode([sent for *_, sent in rows])
    refusals = list(
        Verdict.objects.filter(person__owner=owner, kind=Verdict.Kind.IS_NOT).values_list(
            "face_id", "face__person_id", "person_id"
        )
    )
    return PeopleIndex(
        owner=owner,
        embedder=embedder,
        calibration=profile_of(embedder).calibration,
        groups={
            person_id: Group(person_id, name, faces, photos, mean, clarity)
            for (person_id, name, faces, photos, clarity, _sent), mean in zip(rows, means, strict=True)
        },
        means=means,
        refused=frozenset((min(a, b), max(a, b)) for _face, a, b in refusals if a),
        refused_faces=frozenset((face, person) for face, _now, person in refusals),
        repeats=frozenset(
            FaceScan.objects.visible_to(owner).filter(person_repeats=True).values_list("image_id", flat=True)
        ),
    )


def group_distances(known: PeopleIndex, vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the (vectors, groups) mean cosine distances of faces to all groups, in the order of `groups`."""
    if not vectors or not known.groups:
        return np.empty((len(vectors), len(known.groups)), dtype=np.float32)
    return 1 - np.stack(vectors) @ known.means.T


def similar_people(known: PeopleIndex, person_id: int, *, count: int) -> list[tuple[Group, float]]:
    """Return the groups nearest to a person, with the probability that they are one person.

    Groups with rejected faces, in a photo together with this person, or with another name are left out.
    """
    mine = known.groups.get(person_id)
    others = [
        group
        for group in known.groups.values()
        if mine is not None and group is not mine and not (mine.name and group.name)
    ]
    if mine is None or not others:
        return []
    distances = 1 - np.stack([group.mean for group in others]) @ mine.mean
    likely = known.calibration.probabilities(distances)
    # Some are skipped below, so twice as many are compared.
    near = [
        (others[at], float(likely[at]))
        for at in np.argsort(distances, kind="stable")[: 2 * count].tolist()
        if likely[at] >= WORTH_ASKING
    ]
    together = people_together(known, [by_size(mine, group) for group, _ in near])
    fitting = [
        (group, probability)
        for group, probability in near
        if pair_of(mine, group) not in known.refused and by_size(mine, group) not in together
    ]
    return fitting[:count]


def likeness(known: PeopleIndex, person_id: int, other_id: int) -> float | None:
    """Return the probability that two people are one, 0..1, or None without faces to compare."""
    one, other = known.groups.get(person_id), known.groups.get(other_id)
    if one is None or other is None:
        return None
    return known.calibration.probability(1 - float(one.mean @ other.mean))


def people_together(known: PeopleIndex, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the pairs of ids (fewer faces first) that share a photo, without the allowed exceptions."""
    if not pairs:
        return set()
    with connection.cursor() as cursor:
        smaller, larger = zip(*pairs, strict=True)
        cursor.execute(_TOGETHER, [list(smaller), list(larger), sorted(known.repeats)])
        return set(cursor.fetchall())


def faces_in_photos(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return the best face of each person in a photo, by the ids of both, where there is one."""
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        images, people = zip(*pairs, strict=True)
        cursor.execute(_THERE, [list(images), list(people)])
        return {(image_id, person_id): face_id for image_id, person_id, face_id in cursor.fetchall()}


def by_size(first: Group, second: Group) -> tuple[int, int]:
    """Return the ids, fewer faces first."""
    smaller, larger = sorted((first, second), key=lambda group: (group.faces, group.person_id))
    return smaller.person_id, larger.person_id


def pair_of(first: Group, second: Group) -> tuple[int, int]:
    """Return the ids in ascending order."""
    return min(first.person_id, second.person_id), max(first.person_id, second.person_id)
