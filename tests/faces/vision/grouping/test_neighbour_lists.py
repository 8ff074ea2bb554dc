"""Stored neighbour lists, updated with the present faces, are those that are computed from nothing."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.grouping import neighbour_lists
from faces.vision.grouping.neighbour_lists import NeighbourLists, lists_updated
from faces.vision.grouping.neighbours import nearest_neighbours
from tests.faces.vision.grouping.vector_albums import unit

K = 6
COUNT = 400

Indices = NDArray[np.intp]


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    """Vectors of faces, of which only some are quite clear."""
    rng = np.random.default_rng(3)
    return np.asarray(
        unit(rng.normal(size=(COUNT, 16))) * rng.uniform(0.4, 1, size=(COUNT, 1)), dtype=np.float32
    )


@pytest.fixture(autouse=True)
def _one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many lists change, none is computed with all the others."""
    monkeypatch.setattr(neighbour_lists, "MOST_CHANGED", 1.0)
    monkeypatch.setattr(neighbour_lists, "BLOCK", 64)


def assert_from_nothing(lists: NeighbourLists, vectors: NDArray[np.float32]) -> None:
    indices, similarities = nearest_neighbours(vectors, k=K)
    assert (lists.indices == indices).all()
    assert np.abs(lists.similarities - similarities).max() < 1e-6


@pytest.mark.parametrize(("before", "after"), [(400, 400), (390, 400), (400, 385), (380, 370), (300, 8)])
def test_faces_that_came_and_went(vectors: NDArray[np.float32], before: int, after: int) -> None:
    rng = np.random.default_rng(before + after)
    ids = np.sort(rng.choice(10_000, COUNT, replace=False))
    then, now = (np.sort(rng.choice(COUNT, count, replace=False)) for count in (before, after))
    stored = lists_updated(None, ids[then], vectors[then], k=K)
    lists = lists_updated(stored, ids[now], vectors[now], k=K)
    assert (lists.ids == ids[now]).all()
    assert_from_nothing(lists, vectors[now])


@pytest.mark.parametrize("gone", [False, True])
def test_a_face_with_another_vector_counts_as_new(vectors: NDArray[np.float32], gone: bool) -> None:
    ids = np.arange(COUNT)
    stored = lists_updated(None, ids, vectors, k=K)
    changed = vectors.copy()
    changed[[3, 70]] = vectors[[90, 5]] * 0.7
    # Without the face it was nearest to, its list still shows that it has changed.
    now = np.setdiff1d(ids, stored.indices[[3, 70], 0]) if gone else ids
    assert_from_nothing(lists_updated(stored, ids[now], changed[now], k=K), changed[now])


def test_what_has_not_changed_is_not_computed_again(
    vectors: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = lists_updated(None, np.arange(COUNT), vectors, k=K)
    computed: list[int] = []

    def counted(
        vectors: NDArray[np.float32], *, k: int, of: Indices | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        computed.append(len(vectors) if of is None else len(of))
        return nearest_neighbours(vectors, k=k, of=of)

    monkeypatch.setattr(neighbour_lists, "nearest_neighbours", counted)
    more = np.concatenate([vectors, unit(np.random.default_rng(1).normal(size=(5, 16)))]).astype(np.float32)
    lists_updated(stored, np.arange(COUNT + 5), more, k=K)
    assert computed == [5]
    monkeypatch.setattr(neighbour_lists, "MOST_CHANGED", 0.01)
    lists_updated(stored, np.arange(COUNT + 5), more, k=K)
    assert computed == [5, COUNT + 5]


def test_lists_of_another_length_are_not_used(vectors: NDArray[np.float32]) -> None:
    stored = lists_updated(None, np.arange(COUNT), vectors, k=K - 2)
    assert_from_nothing(lists_updated(stored, np.arange(COUNT), vectors, k=K), vectors)
