"""The leaves of HDBSCAN on the neighbour graph are those of scikit-learn's HDBSCAN."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.cluster import HDBSCAN

from faces.vision.grouping.density_groups import TIES, density_groups
from faces.vision.grouping.neighbours import nearest_neighbours
from tests.faces.vision.grouping.vector_albums import album, parts, unit

Ints = NDArray[np.int64]


def by_scikit_learn(vectors: NDArray[np.float32], k: int) -> set[frozenset[int]]:
    """Return the leaves of the same graph, with the same order of equally far reaches."""
    indices, similarities = nearest_neighbours(vectors, k=k)
    distances = 1 - similarities.astype(np.float64)
    second = distances[:, 1]
    reach = np.maximum(np.maximum(distances, second[:, None]), second[indices]) + TIES * distances
    rows = np.repeat(np.arange(len(vectors)), k)
    graph = csr_array((reach.ravel(), (rows, indices.ravel())), shape=(len(vectors),) * 2)
    graph = csr_array(graph.maximum(graph.T))
    method = HDBSCAN(
        min_cluster_size=2, min_samples=1, metric="precomputed", cluster_selection_method="leaf", copy=True
    )
    return parts(np.asarray(method.fit_predict(graph), dtype=np.int64))


@pytest.mark.parametrize("seed", range(8))
def test_the_leaves_are_those_of_scikit_learn(seed: int) -> None:
    vectors, _who = album(12, 15, scatter=0.5 + 0.2 * seed, dimensions=8, seed=seed)
    assert parts(density_groups(*nearest_neighbours(vectors, k=60))) == by_scikit_learn(vectors, 60)


def test_a_leaf_has_a_number_that_no_face_has() -> None:
    vectors, _who = album(3, 8, seed=1)
    groups = density_groups(*nearest_neighbours(vectors, k=4))
    alone = groups == np.arange(24)
    assert 0 < alone.sum() < 24
    assert (groups[~alone] >= 24).all()


def test_parts_that_know_nothing_of_each_other_are_leaves() -> None:
    directions = unit(np.eye(5, 16))
    vectors = np.concatenate([np.repeat(directions[part : part + 1], 6, axis=0) for part in range(5)])
    groups = density_groups(*nearest_neighbours(vectors, k=3))
    assert parts(groups) == {frozenset(range(6 * part, 6 * part + 6)) for part in range(5)}


def test_faces_among_which_nothing_splits_are_no_leaf() -> None:
    vectors = np.repeat(unit(np.eye(1, 16)), 6, axis=0)
    assert density_groups(*nearest_neighbours(vectors, k=3)).tolist() == list(range(6))


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_faces_have_no_leaf(count: int) -> None:
    vectors, _who = album(1, count, seed=1)
    assert density_groups(*nearest_neighbours(vectors)).tolist() == list(range(count))


def test_the_leaves_do_not_depend_on_the_order_of_the_faces() -> None:
    vectors, _who = album(20, 10, scatter=1.0, dimensions=16, seed=5)
    order = np.random.default_rng(2).permutation(200)
    shuffled: Ints = np.empty(200, dtype=np.int64)
    found = density_groups(*nearest_neighbours(vectors[order]))
    shuffled[order] = np.where(found < 200, -1, found)
    here = density_groups(*nearest_neighbours(vectors))
    assert parts(shuffled) == parts(np.where(here < 200, -1, here))
