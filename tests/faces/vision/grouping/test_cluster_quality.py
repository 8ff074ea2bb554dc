"""The quality of groups, and their cuts."""

import numpy as np
import pytest

from faces.vision.grouping.cluster_quality import GroupQuality, group_quality, sample_of, side_of_all
from faces.vision.grouping.clustering import DEFAULT_RULE
from tests.faces.vision.grouping.vector_albums import Floats, album, unit


def looked_at(vectors: Floats, *, confirmed: list[int] | None = None, clarity: float = 1.0) -> GroupQuality:
    known = np.zeros(len(vectors), dtype=bool)
    known[confirmed or []] = True
    clear = np.full(len(vectors), clarity, dtype=np.float32)
    return group_quality(vectors, clarity=clear, confirmed=known, rule=DEFAULT_RULE)


@pytest.fixture(scope="module")
def two() -> tuple[Floats, set[int]]:
    """Two people in one group: 20 faces of one, 8 of the other, who are the set."""
    vectors, who = album(2, 20, scatter=0.6, seed=3)
    sampled = np.concatenate([np.flatnonzero(who == 0), np.flatnonzero(who == 1)[:8]])
    return vectors[sampled], set(range(20, 28))


def test_one_person_is_a_sound_group() -> None:
    vectors, _ = album(1, 25, scatter=0.6)
    assert looked_at(vectors).excess < -0.1


def test_two_people_in_one_are_cut_between_them(two: tuple[Floats, set[int]]) -> None:
    vectors, other = two
    found = looked_at(vectors)
    assert found.excess > 0.1
    assert set(found.cuts[0].side.tolist()) == other
    assert found.cuts[0].excess == found.excess
    # All cuts below are within one person.
    assert all(cut.excess < 0 for cut in found.cuts[1:])


def test_a_single_stranger_is_cut_off_and_stands_out() -> None:
    vectors, who = album(2, 12, scatter=0.6, seed=5)
    mixed = np.concatenate([vectors[who == 0], vectors[who == 1][:1]])
    found = looked_at(mixed)
    assert found.excess > 0
    assert found.cuts[0].side.tolist() == [12]
    assert found.outliers.argmax() == 12


def test_faces_confirmed_as_one_person_are_not_cut(two: tuple[Floats, set[int]]) -> None:
    vectors, _ = two
    assert looked_at(vectors, confirmed=[0, 25]).excess < 0
    # One side has no confirmed faces, so nothing forbids the cut.
    assert looked_at(vectors, confirmed=[0, 1]).excess > 0.1


def test_the_tree_holds_every_face_and_parts_from_far_to_near(two: tuple[Floats, set[int]]) -> None:
    vectors, other = two
    tree = looked_at(vectors).tree
    trunk = tree[0]
    assert trunk.parent == -1
    assert trunk.members.tolist() == list(range(len(vectors)))
    for branch in tree:
        assert branch.born >= branch.ended > 0
        assert np.all(np.diff(branch.leaving) <= 0)
        if branch.parent >= 0:
            assert set(branch.members.tolist()) < set(tree[branch.parent].members.tolist())
            assert branch.born == pytest.approx(tree[branch.parent].ended)
    assert any(set(branch.members.tolist()) == other for branch in tree)


def test_a_group_of_two_has_one_cut() -> None:
    near = unit(np.array([[1.0, 0, 0], [0.95, 0.2, 0]]))
    far = unit(np.array([[1.0, 0, 0], [0, 1.0, 0]]))
    assert looked_at(near).excess < 0 < looked_at(far).excess
    assert len(looked_at(near).cuts) == 1


def test_copies_of_one_picture_are_one_person() -> None:
    found = looked_at(np.repeat(unit(np.ones((1, 16))), 9, axis=0))
    assert found.excess < 0
    assert found.spread == pytest.approx(0, abs=1e-6)


def test_faces_that_are_not_clear_count_as_farther_apart(two: tuple[Floats, set[int]]) -> None:
    vectors, _ = album(1, 10, scatter=0.6)
    assert looked_at(vectors, clarity=0.7).excess > looked_at(vectors).excess


def test_of_a_large_group_those_far_away_are_looked_at_and_the_others_evenly() -> None:
    vectors, who = album(2, 300, scatter=0.6, seed=1)
    mixed = np.concatenate([vectors[who == 0], vectors[who == 1][:100]])
    sample = sample_of(mixed, most=120)
    assert len(sample) == 120
    assert np.all(np.diff(sample) > 0)
    side = looked_at(mixed[sample]).cuts[0].side
    assert side_of_all(mixed, sample, side).tolist() == list(range(300, 400))
    assert sample_of(mixed, most=400).tolist() == list(range(400))
