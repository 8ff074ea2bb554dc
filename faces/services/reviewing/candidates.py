"""Candidates for review questions about an owner's people: cheap to find, without pictures.

Groups are compared by their stored means (see `people.stats`), so that the faces of people are not read.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from django.contrib.auth.models import User
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count
from numpy.typing import NDArray

from faces.models import Face, FaceEmbedding, Verdict
from faces.querysets import FaceQuerySet
from faces.services.people.index import (
    WORTH_ASKING,
    Group,
    PeopleIndex,
    by_size,
    faces_in_photos,
    group_distances,
    pair_of,
    people_together,
)
from faces.services.reviewing.kinds import Candidate, Kind
from faces.services.reviewing.parted import odds_of
from faces.services.searching.candidates import Likely, NearGroup, Row, named_near, near_ranked
from faces.vectors import vector_sent, vectors_decode
from faces.vision.grouping.group_similarity import nearest_groups, similar_groups

NEIGHBOURS = 4
"""Nearest people compared with each person."""

FACES_COMPARED = 500
"""Unassigned faces compared with named people, the best first; others follow after these."""

LIKELY_AGAIN = 0.8
"""Probability from which a face beside one of a person is a question about that person."""

MOST_PHOTOS = 50


def same_person(known: PeopleIndex) -> list[Candidate]:
    """Return pairs of near groups; never two with a name, nor two in one photo."""
    groups = list(known.groups.values())
    if len(groups) < 2:
        return []
    first, second, distances = similar_groups(
        known.means,
        # Two people with names are no question.
        np.flatnonzero([not group.name for group in groups]),
        farthest=known.calibration.distance(WORTH_ASKING),
        k=NEIGHBOURS,
    )
    near = []
    likely = known.calibration.probabilities(distances)
    for a, b, probability in zip(first.tolist(), second.tolist(), likely.tolist(), strict=True):
        stays, goes = sorted((groups[a], groups[b]), key=_staying)
        if not goes.name and pair_of(stays, goes) not in known.refused:
            near.append((stays, goes, probability))
    together = people_together(known, [by_size(stays, goes) for stays, goes, _ in near])
    apart = [pair for pair in near if by_size(*pair[:2]) not in together]
    return [
        Candidate(Kind.SAME_PERSON, (stays.person_id, goes.person_id), (), goes.faces, probability, odds=odds)
        for (stays, goes, probability), odds in zip(apart, odds_of(known, apart), strict=True)
    ]


def _staying(group: Group) -> tuple[bool, int, int]:
    # A named person stays, then the larger group, then the older one.
    return not group.name, -group.faces, group.person_id


def twice_in_a_photo(known: PeopleIndex) -> list[Candidate]:
    """Return people assigned twice in a photo for which the owner has not allowed it."""
    doubled = [one.person_id for one in known.groups.values() if one.faces > one.photos]
    if not doubled:
        return []
    rows = list(
        Face.objects.filter(person__in=doubled, dismissed=False, binned=False)
        .exclude(image_id__in=known.repeats)
        .order_by()
        .values("person_id", "image_id")
        .annotate(count=Count("pk"), ids=ArrayAgg("pk"))
        .filter(count__gt=1)
        .order_by("image_id", "person_id")
        .values_list("person_id", "ids")[:MOST_PHOTOS]
    )
    if not rows:
        return []
    concerned = [face_id for _person, ids in rows for face_id in ids]
    settled = set(
        Verdict.objects.filter(face__in=concerned, kind=Verdict.Kind.IS).values_list("face_id", flat=True)
    )
    vectors = _vectors_of(concerned, embedder=known.embedder)
    found = []
    for person_id, ids in rows:
        mean = known.groups[person_id].mean
        near = {face_id: float(vectors[face_id] @ mean) if face_id in vectors else 0.0 for face_id in ids}
        pair = sorted(ids, key=lambda one: (one not in settled, -near[one], one))[:2]
        both = [vectors[one] for one in pair if one in vectors]
        probability = known.calibration.probability(1 - float(both[0] @ both[1])) if len(both) == 2 else 0.5
        found.append(Candidate(Kind.TWICE, (person_id,), (pair[0], pair[1]), 2, probability))
    return found


def _vectors_of(face_ids: Iterable[int], *, embedder: str) -> dict[int, NDArray[np.float32]]:
    rows = FaceEmbedding.objects.filter(model=embedder, face_id__in=list(face_ids)).values_list(
        "face_id", "vector"
    )
    return dict(rows)


def best_unassigned(known: PeopleIndex) -> list[Row]:
    """Return the best unassigned faces, to compare them with people."""
    rows = unassigned_shown(known.owner).filter(embeddings__model=known.embedder).best_first()
    found = list(rows.values_list("pk", "image_id", vector_sent("embeddings__vector"))[:FACES_COMPARED])
    vectors = vectors_decode([sent for _face, _image, sent in found])
    return [(face, image, vector) for (face, image, _sent), vector in zip(found, vectors, strict=True)]


def is_name_or_again(known: PeopleIndex, rows: Sequence[Row]) -> list[Candidate]:
    """Return the questions about unassigned faces: if they are a named person, or somebody a second time."""
    distances = group_distances(known, [vector for _face, _image, vector in rows])
    named = named_near(known, rows, distances)
    nearest = _nearest_of_all(known, rows, distances)
    near = {(image_id, group.person_id) for _face, image_id, group, _distance in (*named, *nearest)}
    there = faces_in_photos(near)
    likely = {face_id: one for face_id, (one,) in near_ranked(known, named, there).items()}
    return _again_in_a_photo(known, nearest, there) + _is_name(known, rows, distances, likely)


def _is_name(
    known: PeopleIndex, rows: Sequence[Row], distances: NDArray[np.float32], likely: Mapping[int, Likely]
) -> list[Candidate]:
    """Return unassigned faces near a named person who is not in their photo: the nearest of each face."""
    rivals = _rivals(known, rows, distances, {face_id: one.person_id for face_id, one in likely.items()})
    return [
        Candidate(
            Kind.IS_NAME, (one.person_id,), (face_id,), 1, one.probability, rival=rivals.get(face_id, 0.0)
        )
        for face_id, one in likely.items()
    ]


def _rivals(
    known: PeopleIndex, rows: Sequence[Row], distances: NDArray[np.float32], people: Mapping[int, int]
) -> dict[int, float]:
    """Return for each face the probability that it is the nearest of all groups but its person in `people`.

    Groups without a name count, and people who are in the photo: a face that is nearer to one of them is
    most likely none of the others.
    """
    places = {person_id: place for place, person_id in enumerate(known.groups)}
    concerned = [(at, face_id) for at, (face_id, _image, _vector) in enumerate(rows) if face_id in people]
    if not concerned or len(places) < 2:
        return {}
    others = distances[[at for at, _face in concerned]]
    others[np.arange(len(others)), [places[people[face_id]] for _at, face_id in concerned]] = np.inf
    likely = known.calibration.probabilities(others.min(axis=1)).tolist()
    return {face_id: probability for (_at, face_id), probability in zip(concerned, likely, strict=True)}


def _nearest_of_all(
    known: PeopleIndex, rows: Sequence[Row], distances: NDArray[np.float32]
) -> list[NearGroup]:
    """Return the nearest group of each face that is near one, and was not rejected for it."""
    groups = list(known.groups.values())
    nearest = nearest_groups(distances, farthest=known.calibration.distance(LIKELY_AGAIN), k=1)
    return [
        (face_id, image_id, groups[index], distance)
        for (face_id, image_id, _vector), near in zip(rows, nearest, strict=True)
        for index, distance in near
        if image_id not in known.repeats and (face_id, groups[index].person_id) not in known.refused_faces
    ]


def _again_in_a_photo(
    known: PeopleIndex, near: Sequence[NearGroup], there: Mapping[tuple[int, int], int]
) -> list[Candidate]:
    """Return people who may be in a photo a second time: the likeliest unassigned face of each photo.

    A grouping leaves such a face unassigned (see `vision.grouping.repeated_faces`). there: the best face of a
    person in a photo, by the ids of both.
    """
    found: dict[tuple[int, int], Candidate] = {}
    for face_id, image_id, group, distance in sorted(near, key=lambda one: (one[3], one[0])):
        place = image_id, group.person_id
        if place in there and place not in found:
            likely = known.calibration.probability(distance)
            found[place] = Candidate(Kind.AGAIN, (group.person_id,), (there[place], face_id), 1, likely)
    return list(found.values())


def unassigned_shown(owner: User) -> FaceQuerySet:
    """Return the unassigned faces that have a picture."""
    return Face.objects.visible_to(owner).unassigned().exclude(crop="")
