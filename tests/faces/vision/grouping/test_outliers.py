"""A stranger in a group does not keep a person's two halves apart; a brother does."""

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.clustering import group_faces
from faces.vision.grouping.group_pairs import LinkedFaces, each_edge_once
from faces.vision.grouping.outliers import join_across_outliers
from faces.vision.grouping.rules import UNASSIGNED, Constraints, JoinRule
from tests.faces.vision.grouping.vector_albums import FLAT, album, unit

Floats = NDArray[np.float32]


def at(centre: Floats, distance: float, *, seed: int) -> Floats:
    """A vector of length 1 at a cosine distance of another."""
    noise = np.random.default_rng(seed).normal(size=len(centre))
    noise -= (noise @ centre) * centre
    noise /= np.linalg.norm(noise)
    return np.asarray((1 - distance) * centre + np.sqrt(1 - (1 - distance) ** 2) * noise, dtype=np.float32)


def halves(*, away: float) -> tuple[Floats, NDArray[np.int64], NDArray[np.intp]]:
    """Twelve faces of one person in two groups, and in the first a stranger from a photo of the second."""
    vectors, _ = album(1, 12, scatter=0.4, seed=4)
    centre = unit(vectors.mean(axis=0, keepdims=True).astype(float))[0]
    vectors = np.concatenate([vectors, at(centre, away, seed=9)[None]])
    photos = np.arange(13)
    photos[12] = photos[8]
    return vectors, photos, np.array([0] * 6 + [1] * 6 + [0])


def settled(
    vectors: Floats,
    photos: NDArray[np.int64],
    groups: NDArray[np.intp],
    *,
    known: dict[int, int] | None = None,
    rule: JoinRule = FLAT,
) -> NDArray[np.intp]:
    people = np.full(len(groups), UNASSIGNED, dtype=np.int64)
    for face, person in (known or {}).items():
        people[face] = person
    everybody = np.tile(np.arange(len(groups)), (len(groups), 1))
    constraints = Constraints(photos, people, np.zeros((0, 2), dtype=np.int64))
    return join_across_outliers(
        groups, LinkedFaces(vectors, each_edge_once(everybody), vectors @ vectors.T, constraints, rule)
    )


def test_a_stranger_leaves_and_the_halves_are_one() -> None:
    vectors, photos, groups = halves(away=0.5)
    result = settled(vectors, photos, groups)
    assert len(set(result[:12].tolist())) == 1
    assert result[12] not in result[:12]


def test_who_looks_like_all_the_others_is_no_stranger_and_the_groups_stay_two() -> None:
    vectors, photos, groups = halves(away=0.1)
    assert settled(vectors, photos, groups) is groups


def test_a_face_that_somebody_confirmed_never_has_to_leave() -> None:
    vectors, photos, groups = halves(away=0.5)
    assert settled(vectors, photos, groups, known={12: 1}) is groups


def test_groups_of_two_known_people_stay_two() -> None:
    vectors, photos, groups = halves(away=0.5)
    assert settled(vectors, photos, groups, known={0: 1, 7: 2}) is groups


def test_people_who_share_many_photos_are_two() -> None:
    vectors, photos, groups = halves(away=0.5)
    photos[:4] = photos[6:10]
    assert settled(vectors, photos, groups) is groups


def test_a_grouping_ends_with_the_whole_person() -> None:
    vectors, photos, _ = halves(away=0.5)
    labels = group_faces(vectors, photos=photos).labels
    assert len(set(labels[:12].tolist())) == 1
    assert labels[12] != labels[0]
