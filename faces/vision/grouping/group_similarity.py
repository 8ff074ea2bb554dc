"""Similarity of groups, and of faces to groups, from the means of the groups.

The mean of a group's vectors is not normalised: the product of two means is then the mean cosine similarity
over all pairs of their faces, so that a distance here is one between faces, to which a calibration applies.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK = 1024
"""Rows per block that is compared with all others: 40 MB of scores for 10,000 groups."""


def similar_groups(
    means: NDArray[np.float32], some: NDArray[np.int64], *, farthest: float, k: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Pairs of some groups with the k nearest others of each.

    Parameters
    ----------
    means : (n, dimensions), the mean of the vectors (each of length 1) of each group.
    some : (m,) row numbers of the groups whose nearest others are wanted.
    farthest : greatest mean cosine distance (0..2) between the faces of a pair.
    k : how many neighbours of each group are looked at.

    Returns
    -------
    first, second : (pairs,) row numbers, first < second, each pair once, in the order of the numbers.
    distances : (pairs,) float32, mean cosine distance, 0..2.
    """
    found: dict[tuple[int, int], float] = {}
    for row, column, distance in _nearest(means, some, farthest=farthest, k=k):
        found[min(row, column), max(row, column)] = distance
    pairs = np.asarray(sorted(found), dtype=np.int64).reshape(-1, 2)
    distances = np.asarray([found[first, second] for first, second in pairs.tolist()], dtype=np.float32)
    return pairs[:, 0], pairs[:, 1], distances


def nearest_groups(
    distances: NDArray[np.float32], *, farthest: float, k: int
) -> list[list[tuple[int, float]]]:
    """Return the k nearest groups of each face with their mean cosine distances, nearest first.

    distances: (faces, groups), 1 - vectors @ means.T, with vectors of length 1 and means as in
    `similar_groups`.
    """
    nearest: list[list[tuple[int, float]]] = [[] for _ in range(len(distances))]
    k = min(k, distances.shape[1])
    if k > 0 and len(distances):
        for row, column, distance in _nearest_in(distances, farthest=farthest, k=k):
            nearest[row].append((column, distance))
    return nearest


def _nearest(
    means: NDArray[np.float32], some: NDArray[np.int64], *, farthest: float, k: int
) -> Iterator[tuple[int, int, float]]:
    """Row, other row and distance of the k nearest others of each row of `some`, nearest first."""
    k = min(k, len(means) - 1)
    if k < 1:
        return
    for start in range(0, len(some), BLOCK):
        rows = some[start : start + BLOCK]
        distances = 1 - means[rows] @ means.T
        distances[np.arange(len(rows)), rows] = np.inf
        for at, column, distance in _nearest_in(distances, farthest=farthest, k=k):
            yield int(rows[at]), column, distance


def _nearest_in(
    distances: NDArray[np.float32], *, farthest: float, k: int
) -> Iterator[tuple[int, int, float]]:
    """Row, column and distance of the k nearest columns of each row, nearest first; 0 < k <= columns."""
    # Most rows have fewer than k near columns: only the others are worth ordering.
    limit = np.full(len(distances), farthest, dtype=np.float32)
    crowded = np.flatnonzero(np.count_nonzero(distances <= farthest, axis=1) > k)
    limit[crowded] = np.partition(distances[crowded], k - 1, axis=1)[:, k - 1]
    row, column = np.nonzero(distances <= limit[:, None])
    near = distances[row, column]
    order = np.lexsort((column, near, row))
    row, column, near = row[order], column[order], near[order]
    first = np.arange(len(row)) - np.searchsorted(row, row) < k
    yield from zip(row[first].tolist(), column[first].tolist(), near[first].tolist(), strict=True)
