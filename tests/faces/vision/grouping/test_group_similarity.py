"""Similarity of groups: the same as comparing each with each."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.grouping import group_similarity
from faces.vision.grouping.group_similarity import nearest_groups, similar_groups


def directions(count: int, *, seed: int = 3, near: float = 0.3) -> NDArray[np.float32]:
    """Rows of length 1 round one direction: many are near each other."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, 16)) * near + np.eye(16)[0]
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("farthest", [0.05, 0.4, 2.0])
def test_each_face_has_its_nearest_groups_however_many_are_near(farthest: float) -> None:
    faces, means = directions(30, seed=1), directions(20, seed=2)
    found = nearest_groups(1 - faces @ means.T, farthest=farthest, k=4)
    for face, near in zip(faces, found, strict=True):
        distances = 1 - means @ face
        right = [at for at in np.argsort(distances, kind="stable")[:4].tolist() if distances[at] <= farthest]
        assert [group for group, _distance in near] == right
        assert [distance for _group, distance in near] == pytest.approx(distances[right], abs=1e-6)


@pytest.mark.parametrize("block", [7, 1024])
def test_each_pair_appears_once_and_no_group_is_paired_with_itself(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_similarity, "BLOCK", block)
    means = directions(25)
    some = np.arange(25)[10:]
    first, second, distances = similar_groups(means, some, farthest=0.6, k=3)
    every = 1 - means @ means.T
    np.fill_diagonal(every, np.inf)
    right = {
        (min(row, near), max(row, near))
        for row in some.tolist()
        for near in np.argsort(every[row], kind="stable")[:3].tolist()
        if every[row, near] <= 0.6
    }
    assert right
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == sorted(right)
    assert distances == pytest.approx(every[first, second], abs=1e-6)


def test_one_group_has_no_pair_and_no_face_no_group() -> None:
    first, second, distances = similar_groups(directions(1), np.arange(1), farthest=2, k=4)
    assert (len(first), len(second), len(distances)) == (0, 0, 0)
    assert nearest_groups(directions(5)[:0] @ directions(3).T, farthest=2, k=4) == []
