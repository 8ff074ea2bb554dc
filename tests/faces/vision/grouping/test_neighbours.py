"""The nearest neighbours are the nearest, exactly."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.grouping import neighbours
from faces.vision.grouping.neighbours import nearest_neighbours


def directions(count: int, dimensions: int = 16, *, seed: int = 0) -> NDArray[np.float32]:
    made = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("block", [1, 7, 50, 1024])
@pytest.mark.parametrize("k", [1, 5, 49, 1000])
def test_they_are_the_nearest_others_in_order_whatever_the_block(
    monkeypatch: pytest.MonkeyPatch, block: int, k: int
) -> None:
    monkeypatch.setattr(neighbours, "BLOCK", block)
    vectors = directions(50)
    indices, similarities = nearest_neighbours(vectors, k=k)
    scores = vectors.astype(float) @ vectors.T.astype(float)
    for row in range(50):
        expected = [other for other in np.argsort(-scores[row], kind="stable").tolist() if other != row]
        assert indices[row].tolist() == expected[: min(k, 49)]
        assert similarities[row] == pytest.approx(scores[row, indices[row]], abs=1e-5)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_faces_have_few_neighbours(count: int) -> None:
    indices, similarities = nearest_neighbours(directions(count), k=24)
    assert indices.shape == similarities.shape == (count, max(0, count - 1))
    assert (indices != np.arange(count)[:, None]).all()


def test_equal_faces_are_each_others_neighbours_and_never_their_own() -> None:
    indices, similarities = nearest_neighbours(np.repeat(directions(1), 40, axis=0), k=6)
    assert (indices != np.arange(40)[:, None]).all()
    assert similarities == pytest.approx(np.ones((40, 6)), abs=1e-5)
    assert all(len(set(row)) == 6 for row in indices.tolist())
