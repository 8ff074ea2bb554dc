"""The k nearest neighbours of every face, exactly."""

import math

import numpy as np
from numpy.typing import NDArray

from faces.vision.types import Vectors

NEIGHBOURS = 24
BLOCK = 512
"""Rows per block that is compared with all others: 200 MB of scores for 100,000 faces."""


def nearest_neighbours(
    vectors: Vectors, *, k: int = NEIGHBOURS, of: NDArray[np.intp] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the k nearest other faces of each face, exactly, nearest first.

    Parameters
    ----------
    vectors : (n, dimensions) float32, rows of length 1, or shorter where a face is not clear.
    k : neighbours wanted; n - 1 when there are fewer.
    of : (m,) the faces whose neighbours are wanted; all n by default.

    Returns
    -------
    indices : (m, k) int64.
    similarities : (m, k) float32, cosine, -1..1.

    Notes
    -----
    Computes m n products in blocks; the result is exact, unlike that of an index. The cost lies less in the
    products than in finding the k largest of a long row. So the columns are split into parts: the k parts
    with the largest maxima contain the k largest of all.
    """
    count = len(vectors)
    of = np.arange(count) if of is None else of
    k = max(0, min(k, count - 1))
    indices = np.zeros((len(of), k), dtype=np.int64)
    similarities = np.zeros((len(of), k), dtype=np.float32)
    if k == 0:
        return indices, similarities
    # About as many parts as k parts have columns keeps the number of candidates low.
    each = max(1, math.isqrt(count // (3 * k)))
    parts = -(-count // each)
    padded = np.zeros((each * parts, vectors.shape[1]), dtype=np.float32)
    padded[:count] = vectors
    # Allocated once: fresh memory is slow.
    space = np.empty((min(BLOCK, len(of)), len(padded)), dtype=np.float32)
    for start in range(0, len(of), BLOCK):
        block = of[start : start + BLOCK]
        scores = np.matmul(vectors[block], padded.T, out=space[: len(block)])
        scores[:, count:] = -np.inf
        scores[np.arange(len(block)), block] = -np.inf
        best = _largest(scores.reshape(-1, each, parts).max(axis=1), k)
        columns = (best[:, None, :] + parts * np.arange(each)[:, None]).reshape(len(block), -1)
        rows = slice(start, start + BLOCK)
        indices[rows], similarities[rows] = nearest_of(
            columns, np.take_along_axis(scores, columns, axis=1), k
        )
    return indices, similarities


def nearest_of(
    indices: NDArray[np.int64], similarities: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the k most similar faces of each row, nearest first; of equally near ones the first."""
    within = _largest(similarities, k)
    found = np.take_along_axis(similarities, within, axis=1)
    nearest = np.take_along_axis(indices, within, axis=1)
    order = np.lexsort((nearest, -found), axis=1)
    return np.take_along_axis(nearest, order, axis=1), np.take_along_axis(found, order, axis=1)


def _largest(values: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """Return the columns of the k largest values of each row, in any order."""
    rest = values.shape[1] - k
    return np.argpartition(values, rest, axis=1)[:, rest:]
