"""People whose faces change with the years, as drawn vectors that wander over the sphere."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.grouping.clustering import group_faces
from faces.vision.grouping.group_pairs import LinkedFaces
from faces.vision.grouping.growth import MOST_FACES, part_across_gaps
from faces.vision.grouping.rules import Constraints, JoinRule
from faces.vision.profiles import FACENET_SFACE256
from faces.vision.types import Vectors
from tests.faces.vision.grouping.growing_people import GrowingPeople, accuracy, grown_people, siblings

SEEDS = range(3)


def labels(people: GrowingPeople, taken: NDArray[np.float64] | None) -> NDArray[np.int64]:
    return group_faces(people.vectors, photos=np.arange(len(people.who)), taken=taken).labels


@pytest.mark.parametrize("seed", SEEDS)
def test_a_child_in_photos_of_twelve_years_is_fewer_groups_with_times_than_without(seed: int) -> None:
    people = grown_people(seed, drift=0.06)
    before = accuracy(labels(people, None), people.who)
    after = accuracy(labels(people, people.taken), people.who)
    assert before.recall < 0.9
    assert after.recall > before.recall + 0.1
    assert after.purity == before.purity == 1.0


@pytest.mark.parametrize("seed", SEEDS)
def test_times_that_say_nothing_change_nothing(seed: int) -> None:
    grown = grown_people(seed, drift=0.0)
    plain = labels(grown, None)
    assert (labels(grown, grown.taken) == plain).all()
    children = grown_people(seed, drift=0.06)
    shuffled = np.random.default_rng(seed).permutation(children.taken)
    without = labels(children, None)
    for times in (shuffled, np.full(len(shuffled), np.nan), np.zeros(len(shuffled))):
        assert (labels(children, times) == without).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_result_does_not_depend_on_the_order_of_the_faces(seed: int) -> None:
    people = grown_people(seed, drift=0.06)
    order = np.random.default_rng(seed).permutation(len(people.who))
    turned = replace(people, vectors=people.vectors[order], who=people.who[order], taken=people.taken[order])
    plain, other = labels(people, people.taken)[order], labels(turned, turned.taken)
    for group in np.unique(plain):
        assert len(np.unique(other[plain == group])) == 1


@pytest.mark.parametrize("unlike", [0.3, 0.4])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_brother_who_looks_like_a_child_of_other_years_is_not_joined_with_it(
    seed: int, unlike: float
) -> None:
    people = siblings(seed, unlike)
    assert accuracy(labels(people, None), people.who).purity < 1.0
    assert accuracy(labels(people, people.taken), people.who).purity == 1.0


def test_a_face_that_was_rejected_for_a_brother_stays_with_its_person() -> None:
    people = siblings(1, 0.4)
    known = np.full(len(people.who), -1, dtype=np.int64)
    known[60], rejected = 7, 20
    found = group_faces(
        people.vectors,
        photos=np.arange(len(people.who)),
        known=known,
        refused=[(rejected, 7)],
        taken=people.taken,
        rule=FACENET_SFACE256.join_rule,
    ).labels
    assert accuracy(found, people.who).purity == 1.0
    assert np.bincount(found[found >= 0]).tolist() == [40, 40]


def test_a_child_that_is_confirmed_on_both_sides_of_a_gap_stays_one_person() -> None:
    people = siblings(0, 0.3)
    known = np.full(len(people.who), -1, dtype=np.int64)
    known[[0, 40]] = 7
    found = group_faces(
        people.vectors, photos=np.arange(len(people.who)), known=known, taken=people.taken
    ).labels
    assert found[0] == found[40]
    assert np.bincount(found[found >= 0]).max() > 60


def test_two_children_seen_together_are_never_joined_across_years() -> None:
    people = grown_people(1, drift=0.06, people=2, away_from_first=0.25)
    photos = np.arange(len(people.who))
    half = len(photos) // 2
    # Each photo of the second child is one of the first child, too.
    photos[half:] = photos[:half]
    people.taken[half:] = people.taken[:half]
    found = group_faces(people.vectors, photos=photos, taken=people.taken).labels
    assert accuracy(found, people.who).purity == 1.0


def test_every_face_after_a_gap_is_parted_also_of_a_group_that_is_larger_than_its_sample() -> None:
    count = 2 * MOST_FACES
    child = grown_people(2, drift=0.06, people=1, years=4, photos=count)
    vectors: Vectors = np.concatenate([child.vectors, child.vectors])
    taken = np.concatenate([child.taken, child.taken + 6])
    free = Constraints(np.arange(2 * count), np.full(2 * count, -1), np.zeros((0, 2), dtype=np.int64))
    near = np.zeros((2 * count, 1), dtype=np.int64)
    rule = JoinRule(distance=0.4)
    faces = LinkedFaces(vectors, near, np.zeros((2 * count, 1), dtype=np.float32), free, rule, taken)
    parted = part_across_gaps(np.zeros(2 * count, dtype=np.intp), faces)
    assert (parted[:count] == parted[0]).all()
    assert (parted[count:] == parted[count]).all()
    assert parted[0] != parted[count]
