"""Grouping: what must not be together never is, and what is known holds."""

import numpy as np
import pytest

from faces.vision.grouping.clustering import group_faces
from faces.vision.grouping.rules import UNASSIGNED
from tests.faces.vision.grouping.vector_albums import (
    album,
    apart,
    parts,
    together_in_a_photo,
    unit,
)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("scatter", [0.0, 0.3, 1.0, 3.0])
def test_two_faces_of_a_photo_are_never_one_person(seed: int, scatter: float) -> None:
    vectors, who = album(4, 12, scatter=scatter, dimensions=8, seed=seed)
    photos = np.random.default_rng(seed).integers(0, 16, len(who))
    labels = group_faces(vectors, photos=photos).labels
    assert together_in_a_photo(labels, photos) == []


def test_of_two_alike_in_a_photo_the_nearer_one_is_the_person() -> None:
    vectors, _ = album(1, 6, scatter=0.3, seed=3)
    twin = unit((vectors[:1] + 0.9 * unit(np.random.default_rng(8).normal(size=(1, 64)))).astype(float))
    labels = group_faces(np.concatenate([vectors, twin]), photos=np.array([0, 1, 2, 3, 4, 5, 5])).labels
    assert labels.tolist() == [0] * 6 + [UNASSIGNED]


@pytest.mark.parametrize("seed", range(10))
def test_faces_known_to_be_two_people_are_never_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, who = album(3, 12, scatter=0.4, seed=seed)
    known = np.where(rng.random(len(who)) < 0.3, rng.integers(0, 5, len(who)), UNASSIGNED)
    labels = group_faces(vectors, photos=apart(len(who)), known=known).labels
    for group in set(labels.tolist()) - {UNASSIGNED}:
        assert len(set(known[labels == group].tolist()) - {UNASSIGNED}) <= 1


@pytest.mark.parametrize("seed", range(10))
def test_faces_known_to_be_one_person_are_together_however_far_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, who = album(5, 6, seed=seed)
    known = np.where(rng.random(len(who)) < 0.4, rng.integers(100, 103, len(who)), UNASSIGNED)
    labels = group_faces(vectors, photos=apart(len(who)), known=known).labels
    for person in set(known.tolist()) - {UNASSIGNED}:
        (group,) = set(labels[known == person].tolist())
        assert group != UNASSIGNED


@pytest.mark.parametrize("seed", range(20))
def test_what_is_known_brings_no_two_faces_of_a_photo_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, who = album(4, 8, seed=seed)
    photos = rng.integers(0, 12, len(who))
    known = np.where(rng.random(len(who)) < 0.4, rng.integers(0, 3, len(who)), UNASSIGNED)
    labels = group_faces(vectors, photos=photos, known=known).labels
    for group in set(labels.tolist()) - {UNASSIGNED}:
        assert len(set(known[labels == group].tolist()) - {UNASSIGNED}) <= 1
    guessed = np.where(known == UNASSIGNED, labels, UNASSIGNED)
    assert together_in_a_photo(guessed, photos) == []
    assert together_in_a_photo(labels, photos) == []


def test_a_fact_outweighs_a_guess_about_the_same_photo() -> None:
    one, _ = album(1, 4, scatter=0.2, seed=1)
    other, _ = album(1, 4, scatter=0.2, seed=2)
    photos = np.array([0, 1, 2, 3, 3, 5, 6, 7])
    known = np.array([7, -1, -1, -1, 7, -1, -1, -1])
    labels = group_faces(np.concatenate([one, other]), photos=photos, known=known).labels
    assert labels[0] == labels[4], "both are known"
    assert labels[3] != labels[0], "in the photo of a face that is known to be this person"
    assert labels[:3].tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(10))
def test_a_face_is_never_with_a_person_that_it_is_not(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, who = album(3, 12, scatter=0.3, seed=seed)
    known = np.where(rng.random(len(who)) < 0.2, who, UNASSIGNED)
    refused = [(int(face), int(who[face])) for face in np.flatnonzero(known == UNASSIGNED)[:6]]
    labels = group_faces(vectors, photos=apart(len(who)), known=known, refused=refused).labels
    for face, person in refused:
        assert labels[face] == UNASSIGNED or not (known[labels == labels[face]] == person).any()


def test_somebody_may_be_twice_in_a_photo_that_says_so() -> None:
    vectors, _ = album(1, 6, scatter=0.2, seed=1)
    photos = np.array([0, 0, 1, 2, 3, 4])
    assert len(parts(group_faces(vectors, photos=photos).labels)) == 2
    repeats = photos == 0
    assert len(parts(group_faces(vectors, photos=photos, repeats=repeats).labels)) == 1


def test_one_known_face_is_a_person_without_a_second() -> None:
    vectors, _ = album(4, 1, seed=4)
    labels = group_faces(vectors, photos=apart(4), known=np.array([-1, 12, -1, -1])).labels
    assert labels.tolist() == [UNASSIGNED, 0, UNASSIGNED, UNASSIGNED]


def test_poor_faces_start_no_group_and_join_one() -> None:
    vectors, who = album(3, 4, seed=5)
    strong = who != 0
    strong[np.flatnonzero(who == 1)[1:]] = False
    labels = group_faces(vectors, photos=apart(12), strong=strong).labels
    assert set(labels[who == 0].tolist()) == {UNASSIGNED}
    assert len(set(labels[who == 1].tolist())) == 1, "one good face is enough, and the poor ones are with it"
    assert UNASSIGNED not in labels[who != 0]


def test_equal_faces_in_one_photo_stay_unassigned() -> None:
    vectors, _ = album(1, 1, seed=10)
    labels = group_faces(np.repeat(vectors, 9, axis=0), photos=np.zeros(9, dtype=np.int64)).labels
    assert labels.tolist() == [UNASSIGNED] * 9


def test_faces_that_are_not_clear_make_no_group_of_their_own_and_keep_their_person() -> None:
    people, who = album(2, 8, scatter=0.4, seed=6)
    blurs, _ = album(1, 8, scatter=0.9, seed=7)
    vectors = np.concatenate([people, blurs])
    clarity = np.concatenate([np.full(16, 1.0), np.full(8, 0.5)]).astype(np.float32)
    clarity[0] = 0.9
    photos = apart(24)
    assert (group_faces(vectors, photos=photos).labels[16:] != UNASSIGNED).all(), "else this shows nothing"
    labels = group_faces(vectors, photos=photos, clarity=clarity).labels
    assert (labels[16:] == UNASSIGNED).all()
    assert parts(labels[:16]) == parts(who)


def test_a_poor_face_that_is_known_is_somebody_and_its_poor_neighbours_are_not() -> None:
    vectors, _ = album(1, 6, scatter=0.4, seed=5)
    known = np.full(6, UNASSIGNED)
    known[2] = 7
    labels = group_faces(vectors, photos=apart(6), known=known, strong=np.zeros(6, dtype=bool)).labels
    assert labels.tolist() == [UNASSIGNED, UNASSIGNED, 0, UNASSIGNED, UNASSIGNED, UNASSIGNED]
