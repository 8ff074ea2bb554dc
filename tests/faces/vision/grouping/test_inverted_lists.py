"""The neighbours of very many faces, from the nearest cells: nearly all, with exact similarities."""

import numpy as np
import pytest

from faces.vision.grouping import inverted_lists, neighbour_lists
from faces.vision.grouping.clustering import group_faces
from faces.vision.grouping.inverted_lists import near_neighbours
from faces.vision.grouping.neighbour_lists import lists_updated
from faces.vision.grouping.neighbours import nearest_neighbours
from tests.faces.vision.grouping.vector_albums import album, apart, parts

K = 8


def test_nearly_all_near_neighbours_are_found_and_similarities_are_exact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors, _who = album(150, 20, scatter=0.6, dimensions=32, seed=4)
    vectors *= np.random.default_rng(1).uniform(0.5, 1, size=(len(vectors), 1)).astype(np.float32)
    monkeypatch.setattr(inverted_lists, "CELLS_SEARCHED", 12)
    indices, similarities = near_neighbours(vectors, k=K)
    exact, _ = nearest_neighbours(vectors, k=K)
    rows = len(vectors) * np.arange(len(vectors))[:, None]
    assert np.isin(exact + rows, indices + rows).mean() > 0.98
    assert np.abs(similarities - np.einsum("ij,ikj->ik", vectors, vectors[indices])).max() < 1e-5
    assert (np.diff(similarities, axis=1) <= 0).all()
    assert not (indices == np.arange(len(vectors))[:, None]).any()


def test_a_face_that_finds_another_is_found_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _who = album(150, 10, scatter=1.2, dimensions=32, seed=7)
    monkeypatch.setattr(inverted_lists, "CELLS_SEARCHED", 2)
    monkeypatch.setattr(inverted_lists, "FACES_AT_ONCE", 400)
    indices, similarities = near_neighbours(vectors, k=K)
    assert all(len(set(row)) == K for row in indices.tolist())
    one, other = np.repeat(np.arange(len(vectors)), K), indices.ravel()
    nearer = similarities.ravel() > similarities[other, -1] + 1e-6
    assert (indices[other[nearer]] == one[nearer, None]).any(axis=1).all()


def test_faces_in_small_cells_have_as_many_neighbours_as_others(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _who = album(10, 40, scatter=0.3, dimensions=16, seed=2)
    monkeypatch.setattr(inverted_lists, "CELLS_SEARCHED", 1)
    indices, _ = near_neighbours(vectors, k=60)
    assert (indices >= 0).all()
    assert all(len(set(row)) == 60 for row in indices.tolist())


def test_equal_faces_are_never_their_own_neighbours() -> None:
    vectors, _who = album(1, 1, scatter=0.3, dimensions=16, seed=2)
    indices, _ = near_neighbours(np.repeat(vectors, 300, axis=0), k=K)
    assert not (indices == np.arange(300)[:, None]).any()


def test_many_faces_are_searched_in_cells_and_their_groups_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(neighbour_lists, "MOST_EXACT", 1000)
    # Of 50 cells.
    monkeypatch.setattr(inverted_lists, "CELLS_SEARCHED", 16)
    vectors, _who = album(100, 20, scatter=0.5, dimensions=64, seed=9)
    lists = lists_updated(None, np.arange(len(vectors)), vectors)
    assert (lists.indices != nearest_neighbours(vectors)[0]).any()
    photos = apart(len(vectors))
    found = group_faces(vectors, photos=photos, near=(lists.indices, lists.similarities)).labels
    assert parts(found) == parts(group_faces(vectors, photos=photos).labels)
