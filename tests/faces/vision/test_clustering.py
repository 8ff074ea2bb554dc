"""Grouping: what belongs together is together, and what must not be together never is."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from faces.vision.clustering import Grouping, group_faces
from faces.vision.linkage import NOBODY, Constraints, JoinRule, join_groups
from faces.vision.neighbours import nearest_neighbours

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


FLAT = JoinRule(distance=0.52, few=0.0, trust=0.0)
"""One limit for all pairs of groups: plain average linkage, which others can compute."""


def unit(rows: NDArray[np.float64]) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def album(
    people: int, each: int, *, scatter: float = 0.5, dimensions: int = 64, seed: int = 0
) -> tuple[Floats, Ints]:
    """Faces of so many people in any order, and who they are. Scatter .5 puts a person's faces .2 apart."""
    rng = np.random.default_rng(seed)
    who = rng.permutation(np.repeat(np.arange(people), each))
    directions = unit(rng.normal(size=(people, dimensions)))
    return unit(directions[who] + scatter * unit(rng.normal(size=(len(who), dimensions)))), who


def apart(count: int) -> Ints:
    """Each face in a photo of its own."""
    return np.arange(count, dtype=np.int64)


def parts(labels: Ints) -> set[frozenset[int]]:
    """The groups as sets of faces; who is with nobody is alone."""
    groups: dict[int, set[int]] = {}
    for index, label in enumerate(labels.tolist()):
        groups.setdefault(label if label != NOBODY else -2 - index, set()).add(index)
    return {frozenset(group) for group in groups.values()}


def together_in_a_photo(labels: Ints, photos: Ints) -> list[tuple[int, int]]:
    """Pairs (group, photo) with two faces."""
    seen = [(g, p) for g, p in zip(labels.tolist(), photos.tolist(), strict=True) if g != NOBODY]
    return sorted({pair for pair in seen if seen.count(pair) > 1})


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
        people = {int(known[index]) for index in one + other} - {NOBODY}
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
    known = np.where(rng.random(len(who)) < 0.2, who, NOBODY)
    indices, _ = nearest_neighbours(vectors, k=len(who))
    _, numbers = np.unique(photos, return_inverse=True)
    constraints = Constraints(numbers, known, np.zeros((0, 2), dtype=np.int64))
    labels = join_groups(apart(len(who)), vectors, indices, constraints=constraints, rule=FLAT)
    expected = nearest_pair_first(vectors, photos, known, least=1 - FLAT.distance)
    assert parts(np.asarray(labels, dtype=np.int64)) == parts(expected)


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
    assert labels.tolist() == [0] * 6 + [NOBODY]


@pytest.mark.parametrize("seed", range(10))
def test_faces_known_to_be_two_people_are_never_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, who = album(3, 12, scatter=0.4, seed=seed)
    known = np.where(rng.random(len(who)) < 0.3, rng.integers(0, 5, len(who)), NOBODY)
    labels = group_faces(vectors, photos=apart(len(who)), known=known).labels
    for group in set(labels.tolist()) - {NOBODY}:
        assert len(set(known[labels == group].tolist()) - {NOBODY}) <= 1


@pytest.mark.parametrize("seed", range(10))
def test_faces_known_to_be_one_person_are_together_however_far_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, who = album(5, 6, seed=seed)
    known = np.where(rng.random(len(who)) < 0.4, rng.integers(100, 103, len(who)), NOBODY)
    labels = group_faces(vectors, photos=apart(len(who)), known=known).labels
    for person in set(known.tolist()) - {NOBODY}:
        (group,) = set(labels[known == person].tolist())
        assert group != NOBODY


@pytest.mark.parametrize("seed", range(20))
def test_what_is_known_brings_no_two_faces_of_a_photo_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, who = album(4, 8, seed=seed)
    photos = rng.integers(0, 12, len(who))
    known = np.where(rng.random(len(who)) < 0.4, rng.integers(0, 3, len(who)), NOBODY)
    labels = group_faces(vectors, photos=photos, known=known).labels
    for group in set(labels.tolist()) - {NOBODY}:
        assert len(set(known[labels == group].tolist()) - {NOBODY}) <= 1
    guessed = np.where(known == NOBODY, labels, NOBODY)
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
    known = np.where(rng.random(len(who)) < 0.2, who, NOBODY)
    refused = [(int(face), int(who[face])) for face in np.flatnonzero(known == NOBODY)[:6]]
    labels = group_faces(vectors, photos=apart(len(who)), known=known, refused=refused).labels
    for face, person in refused:
        assert labels[face] == NOBODY or not (known[labels == labels[face]] == person).any()


def test_somebody_may_be_twice_in_a_photo_that_says_so() -> None:
    vectors, _ = album(1, 6, scatter=0.2, seed=1)
    photos = np.array([0, 0, 1, 2, 3, 4])
    assert len(parts(group_faces(vectors, photos=photos).labels)) == 2
    repeats = photos == 0
    assert len(parts(group_faces(vectors, photos=photos, repeats=repeats).labels)) == 1


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


def test_one_known_face_is_a_person_without_a_second() -> None:
    vectors, _ = album(4, 1, seed=4)
    labels = group_faces(vectors, photos=apart(4), known=np.array([-1, 12, -1, -1])).labels
    assert labels.tolist() == [NOBODY, 0, NOBODY, NOBODY]


def test_poor_faces_start_no_group_and_join_one() -> None:
    vectors, who = album(3, 4, seed=5)
    strong = who != 0
    strong[np.flatnonzero(who == 1)[1:]] = False
    labels = group_faces(vectors, photos=apart(12), strong=strong).labels
    assert set(labels[who == 0].tolist()) == {NOBODY}
    assert len(set(labels[who == 1].tolist())) == 1, "one good face is enough, and the poor ones are with it"
    assert NOBODY not in labels[who != 0]


def test_poor_faces_are_a_person_when_they_are_known_to_be() -> None:
    vectors, _ = album(1, 3, seed=6)
    known = np.array([-1, 5, -1])
    labels = group_faces(vectors, photos=apart(3), known=known, strong=np.zeros(3, dtype=bool)).labels
    assert labels.tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("scatter", [0.5, 1.0, 1.5])
def test_the_order_of_the_faces_does_not_matter(seed: int, scatter: float) -> None:
    rng = np.random.default_rng(seed)
    vectors, who = album(6, 7, scatter=scatter, seed=seed)
    photos = rng.integers(0, 25, len(who))
    known = np.where(rng.random(len(who)) < 0.1, who, NOBODY)
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
def test_strangers_are_nobody_however_many(count: int) -> None:
    vectors = unit(np.random.default_rng(count).normal(size=(count, 128)))
    assert group_faces(vectors, photos=apart(count)).labels.tolist() == [NOBODY] * count


def test_a_stranger_is_not_put_with_the_only_people_there_are() -> None:
    vectors, who = album(2, 4, scatter=0.3, dimensions=128, seed=2)
    stranger = unit(np.random.default_rng(77).normal(size=(1, 128)))
    labels = group_faces(np.concatenate([vectors, stranger]), photos=apart(9)).labels
    assert labels[-1] == NOBODY
    assert parts(labels[:-1]) == parts(who)


@pytest.mark.parametrize("count", [2, 3, 4, 30, 100])
def test_equal_faces_are_one_person(count: int) -> None:
    vectors, _ = album(1, 1, seed=9)
    labels = group_faces(np.repeat(vectors, count, axis=0), photos=apart(count)).labels
    assert labels.tolist() == [0] * count


def test_equal_faces_in_one_photo_are_nobody() -> None:
    vectors, _ = album(1, 1, seed=10)
    labels = group_faces(np.repeat(vectors, 9, axis=0), photos=np.zeros(9, dtype=np.int64)).labels
    assert labels.tolist() == [NOBODY] * 9


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
    indices, _ = nearest_neighbours(vectors, k=29)
    free = Constraints(apart(30), np.full(30, NOBODY), np.zeros((0, 2), dtype=np.int64))
    near, far = (
        join_groups(apart(30), vectors, indices, constraints=free, rule=JoinRule(value, few=0.0, trust=0.0))
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
