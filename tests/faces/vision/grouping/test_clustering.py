"""Grouping: what belongs together is together, whatever the order and the numbers."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from faces.vision.grouping.clustering import Grouping, group_faces
from faces.vision.grouping.group_pairs import LinkedFaces, each_edge_once
from faces.vision.grouping.linkage import join_groups
from faces.vision.grouping.neighbours import nearest_neighbours
from faces.vision.grouping.rules import UNASSIGNED, Constraints, JoinRule
from tests.faces.vision.grouping.vector_albums import (
    FLAT,
    Floats,
    Ints,
    album,
    apart,
    parts,
    two_groups,
    unit,
)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("people", "each"), [(1, 8), (3, 2), (6, 5), (12, 9), (40, 3)])
def test_people_who_are_clear_come_out_one_group_each(people: int, each: int, seed: int) -> None:
    vectors, who = album(people, each, seed=seed)
    assert parts(group_faces(vectors, photos=apart(len(who))).labels) == parts(who)


@pytest.mark.parametrize("seed", range(12))
def test_on_small_clear_sets_the_groups_are_those_of_average_linkage(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, _ = album(int(rng.integers(2, 7)), int(rng.integers(1, 7)), scatter=0.7, seed=seed)
    tree = linkage(vectors.astype(float), method="average", metric="cosine")
    expected = np.asarray(fcluster(tree, FLAT.distance, criterion="distance"), dtype=np.int64)
    assert parts(group_faces(vectors, photos=apart(len(vectors)), rule=FLAT).labels) == parts(expected)


def nearest_pair_first(vectors: Floats, photos: Ints, known: Ints, *, least: float) -> Ints:
    """Average linkage with forbidden pairs, in the words of its definition."""
    groups = [[index] for index in range(len(vectors))]
    scores = vectors.astype(float) @ vectors.T.astype(float)

    def allowed(one: list[int], other: list[int]) -> bool:
        people = {int(known[index]) for index in one + other} - {UNASSIGNED}
        return len(people) < 2 and len({int(photos[index]) for index in one + other}) == len(one + other)

    while True:
        pairs = [
            (float(scores[np.ix_(one, other)].mean()), i, j)
            for i, one in enumerate(groups)
            for j, other in enumerate(groups[:i])
            if allowed(one, other)
        ]
        best = max(pairs, default=(-2.0, 0, 0))
        if best[0] < least:
            break
        groups[best[2]] += groups.pop(best[1])
    labels = np.zeros(len(vectors), dtype=np.int64)
    for number, group in enumerate(groups):
        labels[group] = number
    return labels


@pytest.mark.parametrize("seed", range(15))
def test_joining_all_mutual_nearest_at_once_is_joining_the_nearest_pair_again_and_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, who = album(5, 6, scatter=float(rng.uniform(0.8, 1.6)), dimensions=12, seed=seed)
    photos = rng.integers(0, 14, len(who))
    known = np.where(rng.random(len(who)) < 0.2, who, UNASSIGNED)
    indices, near = nearest_neighbours(vectors, k=len(who))
    _, numbers = np.unique(photos, return_inverse=True)
    constraints = Constraints(numbers, known, np.zeros((0, 2), dtype=np.int64))
    labels = join_groups(
        apart(len(who)), LinkedFaces(vectors, each_edge_once(indices), near, constraints, FLAT)
    )
    expected = nearest_pair_first(vectors, photos, known, least=1 - FLAT.distance)
    assert parts(np.asarray(labels, dtype=np.int64)) == parts(expected)


def test_tight_groups_of_two_people_stay_apart_where_scattered_ones_of_one_are_joined() -> None:
    rng = np.random.default_rng(5)
    one, other = (unit(rng.normal(size=(1, 64))) for _ in range(2))
    between = unit((one + 1.5 * other).astype(float))

    def around(centre: Floats, scatter: float) -> Floats:
        return unit((centre + scatter * unit(rng.normal(size=(12, 64)))).astype(float))

    tight = np.concatenate([around(one, 0.3), around(between, 0.3)])
    scattered = around(one, 1.0)
    assert 0.3 < float(1 - (tight[:12] @ tight[12:].T).mean()) < float(1 - (scattered @ scattered.T).mean())
    assert len(parts(group_faces(tight, photos=apart(24)).labels)) == 2
    assert len(parts(group_faces(scattered, photos=apart(12)).labels)) == 1


def test_two_groups_of_many_faces_must_be_nearer_than_a_group_and_a_few_faces() -> None:
    # Sisters: by their distance alone, three faces of the same person might be as far away.
    few, many = two_groups(15, 3, distance=0.54), two_groups(15, 15, distance=0.54)
    assert len(parts(group_faces(few, photos=apart(18)).labels)) == 1
    assert len(parts(group_faces(many, photos=apart(30)).labels)) == 2
    assert len(parts(group_faces(two_groups(15, 15, distance=0.5), photos=apart(30)).labels)) == 1


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("scatter", [0.5, 1.0, 1.5])
def test_the_order_of_the_faces_does_not_matter(seed: int, scatter: float) -> None:
    rng = np.random.default_rng(seed)
    vectors, who = album(6, 7, scatter=scatter, seed=seed)
    photos = rng.integers(0, 25, len(who))
    known = np.where(rng.random(len(who)) < 0.1, who, UNASSIGNED)
    strong = rng.random(len(who)) < 0.8
    straight = group_faces(vectors, photos=photos, known=known, strong=strong).labels
    order = rng.permutation(len(who))
    mixed = group_faces(vectors[order], photos=photos[order], known=known[order], strong=strong[order]).labels
    back = np.empty_like(mixed)
    back[order] = mixed
    assert parts(back) == parts(straight)


def test_groups_are_numbered_by_their_first_face() -> None:
    vectors, _ = album(5, 4, seed=7)
    labels = group_faces(vectors, photos=apart(20)).labels
    seen = list(dict.fromkeys(labels.tolist()))
    assert labels.dtype == np.int64
    assert seen == list(range(5))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 100, 400])
def test_strangers_stay_unassigned_however_many(count: int) -> None:
    vectors = unit(np.random.default_rng(count).normal(size=(count, 128)))
    assert group_faces(vectors, photos=apart(count)).labels.tolist() == [UNASSIGNED] * count


def test_a_stranger_is_not_put_with_the_only_people_there_are() -> None:
    vectors, who = album(2, 4, scatter=0.3, dimensions=128, seed=2)
    stranger = unit(np.random.default_rng(77).normal(size=(1, 128)))
    labels = group_faces(np.concatenate([vectors, stranger]), photos=apart(9)).labels
    assert labels[-1] == UNASSIGNED
    assert parts(labels[:-1]) == parts(who)


@pytest.mark.parametrize("count", [2, 3, 4, 30, 100])
def test_equal_faces_are_one_person(count: int) -> None:
    vectors, _ = album(1, 1, seed=9)
    labels = group_faces(np.repeat(vectors, count, axis=0), photos=apart(count)).labels
    assert labels.tolist() == [0] * count


@pytest.mark.parametrize("neighbours", [2, 5, 1000])
def test_any_number_of_neighbours_will_do(neighbours: int) -> None:
    vectors, who = album(4, 5, scatter=0.3, seed=11)
    labels = group_faces(vectors, photos=apart(20), neighbours=neighbours).labels
    assert all(len({int(who[index]) for index in part}) == 1 for part in parts(labels))
    if neighbours >= 4:
        assert parts(labels) == parts(who)


@pytest.mark.parametrize("distance", [0.0, 0.2, 0.6, 1.9])
def test_a_larger_distance_only_joins(distance: float) -> None:
    vectors, _ = album(6, 5, scatter=1.0, dimensions=16, seed=12)
    indices, found = nearest_neighbours(vectors, k=29)
    free = Constraints(apart(30), np.full(30, UNASSIGNED), np.zeros((0, 2), dtype=np.int64))
    near, far = (
        join_groups(
            apart(30),
            LinkedFaces(vectors, each_edge_once(indices), found, free, JoinRule(value, few=0.0, trust=0.0)),
        )
        for value in (distance, distance + 0.1)
    )
    assert all(any(part <= whole for whole in parts(far)) for part in parts(near))


def test_the_grouping_says_what_it_was_made_with() -> None:
    vectors, _ = album(2, 3)
    grouping = group_faces(vectors, photos=apart(6), rule=JoinRule(distance=0.4), neighbours=9)
    assert isinstance(grouping, Grouping)
    assert grouping.parameters["distance"] == 0.4
    assert grouping.parameters["neighbours"] == 9
    empty = group_faces(np.zeros((0, 1), dtype=np.float32), photos=apart(0))
    assert empty.parameters["distance"] == JoinRule().distance


def test_the_vectors_are_left_as_they_were() -> None:
    vectors, who = album(3, 4)
    before = vectors.copy()
    group_faces(vectors, photos=apart(len(who)))
    assert np.array_equal(vectors, before)
