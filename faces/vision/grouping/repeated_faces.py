"""Photos that show one person twice, such as a collage or a mirror.

Two faces of one photo are two people, so such a photo would split a person: each part holds one of its faces,
and no two parts may join. Here the other photos decide. If the parts are one person without the photo, and
faces of the photo clearly are that person, the nearest of these faces stays and the others are left out.

Brothers and sisters differ: they are farther from each other than from themselves, or share several photos.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.group_pairs import GroupSums, LinkedFaces
from faces.vision.grouping.linkage import join_groups, joinable_pairs
from faces.vision.grouping.rules import UNASSIGNED, Constraints

LEAST_PHOTOS = 3
"""Least other photos of a person that outweigh a photo."""

MOST_SHARED = 0.1
"""Largest share of photos with two faces of a person among the others: more are two people."""

BY_FAR = 0.16
"""Cosine distance by which parts and faces must be nearer than the join rule requires of large groups.

Of twelve albums of 36 photos with a collage or a mirror all people stay whole with .10 to .16, with .19 five
do not. Pairs of people with ten photos each, moved towards each other until their mean distance is .43 while
their own faces are .29 apart, stay apart in one or two common photos with .16, and become one with .10.
"""


def repeated_faces(groups: NDArray[np.intp], faces: LinkedFaces) -> NDArray[np.intp]:
    """Return the faces of people who are in their photo already with another face, to be left out.

    groups : (n,) intp, the group of each face, numbered from 0.
    """
    constraints = faces.constraints
    suspect = _suspects(groups, faces)
    none = np.zeros(0, dtype=np.intp)
    if not suspect.any():
        return none
    rule = replace(faces.rule, distance=faces.rule.distance - BY_FAR, few=0.0, many=0.0)
    by_far = replace(faces, rule=rule)
    people = join_groups(*left_out(groups, by_far, np.flatnonzero(suspect)))
    of = GroupSums.of(people, faces.vectors)
    near = joinable_pairs(people, of, by_far)
    matched, of_person, distance = _clear_matches(people, suspect, near, constraints)
    photos = constraints.photos[matched]
    # The nearest face of each person in a photo comes first, a confirmed one before all.
    guessed = constraints.known[matched] == UNASSIGNED
    order = np.lexsort((matched, distance, guessed, photos, of_person))
    again = np.zeros(len(order), dtype=bool)
    first, second = order[:-1], order[1:]
    again[1:] = (of_person[first] == of_person[second]) & (photos[first] == photos[second])
    repeated = order[again]
    if not len(repeated):
        return none
    twice = np.unique(np.stack([of_person[repeated], photos[repeated]]), axis=1)[0]
    counts = np.bincount(twice, minlength=len(of.sizes))
    accepted = (of.sizes >= LEAST_PHOTOS) & (counts <= np.maximum(1, MOST_SHARED * of.sizes))
    return np.sort(matched[repeated[accepted[of_person[repeated]]]])


def left_out(
    groups: NDArray[np.intp], faces: LinkedFaces, without: NDArray[np.intp]
) -> tuple[NDArray[np.intp], LinkedFaces]:
    """Return groups in which each face of `without` is alone, and faces of which none of them is near."""
    groups, vectors = groups.copy(), faces.vectors.copy()
    groups[without] = groups.max() + 1 + np.arange(len(without))
    vectors[without] = 0
    out = np.zeros(len(groups), dtype=bool)
    out[without] = True
    similarities = np.where(out[:, None] | out[faces.neighbours], 0, faces.similarities)
    return groups, replace(faces, vectors=vectors, similarities=similarities)


def _suspects(groups: NDArray[np.intp], faces: LinkedFaces) -> NDArray[np.bool_]:
    """Return (n,) bool: the faces in a photo that alone, or nearly so, keeps two near groups apart."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - see clustering.py

    constraints = faces.constraints
    of = GroupSums.of(groups, faces.vectors)
    low, high, _distance = joinable_pairs(groups, of, faces)
    photos = int(constraints.photos.max()) + 1
    seen_in = csr_array(
        (np.ones(len(groups), dtype=np.int64), (groups, constraints.photos)), shape=(len(of.sizes), photos)
    )
    shared = csr_array(seen_in[low].multiply(seen_in[high]))
    counts = np.diff(shared.indptr)
    few = (counts > 0) & (counts <= np.maximum(1, MOST_SHARED * (of.sizes[low] + of.sizes[high] - counts)))
    few &= ~_by_facts(constraints).forbidden(low, high, groups)
    return np.isin(constraints.photos, np.unique(shared[few].indices))


def _clear_matches(
    people: NDArray[np.intp],
    suspect: NDArray[np.bool_],
    near: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    constraints: Constraints,
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.float64]]:
    """Return the suspect faces that are near to a person of the other photos: face, person and distance.

    near: pairs of groups of `people`, in which each suspect face is alone, and their distances.
    """
    face_of = np.full(int(people.max()) + 1, -1, dtype=np.intp)
    face_of[people[suspect]] = np.flatnonzero(suspect)
    low, high, distance = near
    allowed = (face_of[low] >= 0) != (face_of[high] >= 0)
    allowed &= ~_by_facts(constraints).forbidden(low, high, people)
    low, high, distance = low[allowed], high[allowed], distance[allowed]
    faces = np.maximum(face_of[low], face_of[high])
    persons = np.where(face_of[low] >= 0, high, low)
    order = np.lexsort((persons, distance, faces))
    nearest = order[np.unique(faces[order], return_index=True)[1]]
    return faces[nearest], persons[nearest], distance[nearest]


def _by_facts(constraints: Constraints) -> Constraints:
    """Return the constraints by decisions alone."""
    return replace(constraints, photos=np.arange(len(constraints.photos)))
