"""The nearest neighbours of very many faces, each compared with the faces of the nearest cells only.

The vectors are divided into cells by k-means (an inverted file, Sivic and Zisserman, 2003). All faces that
search a cell are compared with all faces in it at once, by one product of matrices. Most of the results are
never looked at: only what is nearer than the k nearest in the cells beside a face's own.
Neighbours in cells that are not searched are missed, unless the neighbour finds the face. Similarities are
exact. Figures beside the exact search and other indexes: benchmarks/README.md.
"""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from faces.vision.grouping.neighbours import NEIGHBOURS, nearest_neighbours
from faces.vision.grouping.rules import incidence
from faces.vision.types import Vectors

CELLS_PER_ROOT = 6
"""Cells for the square root of the number of faces: 1,900 for 100,000 faces, 6,000 for a million."""

MOST_CELLS = (1 << 16) - 1
CELLS_SEARCHED = 64
CELLS_BESIDE = 6
"""Cells beside a face's own that are looked at first, to know how near its neighbours are at least."""

TRAINING_ROUNDS = 5
TRAINED_PER_CELL = 24
"""Vectors a cell that k-means looks at."""

FACES_AT_ONCE = 50_000
"""Faces whose neighbours are looked for at a time: some 300 MB of what is found."""

ROWS = 2048
ROUNDING = 1e-6

Found = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]
"""Faces, their neighbours, and the similarities of both: (m,) each."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """Vectors in the order of their cells.

    order : (n,) the faces in this order.
    vectors : (n, dimensions) float32, in this order.
    starts : (cells + 1,) where each cell begins.
    searched : (n, s) uint16, the cells nearest to each face, in any order.
    beside : (cells, b) the cells nearest to each cell, itself among them.
    """

    order: NDArray[np.intp]
    vectors: Vectors
    starts: NDArray[np.intp]
    searched: NDArray[np.uint16]
    beside: NDArray[np.intp]


def near_neighbours(
    vectors: Vectors, *, k: int = NEIGHBOURS
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return k of the nearest other faces of each face, nearest first, as `nearest_neighbours` does."""
    # A thread for each processor, each with products of its own: small products do not share well.
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as threads:
        cells = _divided(vectors, threads)
        count = len(vectors)
        indices = np.full((count, k), -1, dtype=np.int64)
        similarities = np.full((count, k), -np.inf, dtype=np.float32)
        for start in range(0, count, FACES_AT_ONCE):
            faces, near, scores = _found(cells, start, min(start + FACES_AT_ONCE, count), k, threads)
            _put_nearest(faces, near, scores, indices, similarities)
        _return_found(indices, similarities)
    order = cells.order
    indices[order], similarities[order] = np.where(indices < 0, -1, order[indices]), similarities.copy()
    lacking = np.flatnonzero((indices < 0).any(axis=1))
    if len(lacking):
        indices[lacking], similarities[lacking] = nearest_neighbours(vectors, k=k, of=lacking)
    return indices, similarities


def _divided(vectors: Vectors, threads: ThreadPoolExecutor) -> _Cells:
    """Divide the vectors into cells."""
    count = len(vectors)
    cells = min(CELLS_PER_ROOT * math.isqrt(count), max(1, count // TRAINED_PER_CELL), MOST_CELLS)
    centres = _centres(vectors, cells, threads)
    most = min(CELLS_SEARCHED, cells)

    def nearest(start: int) -> tuple[NDArray[np.intp], NDArray[np.uint16]]:
        near = vectors[start : start + ROWS] @ centres.T
        searched = np.argpartition(near, cells - most, axis=1)[:, cells - most :]
        return near.argmax(axis=1), searched.astype(np.uint16)

    parts = list(threads.map(nearest, range(0, count, ROWS)))
    own = np.concatenate([cell for cell, _searched in parts])
    order = np.argsort(own, kind="stable")
    few = min(CELLS_BESIDE + 1, cells)
    return _Cells(
        order=order,
        vectors=vectors[order],
        starts=np.searchsorted(own[order], np.arange(cells + 1)),
        searched=np.concatenate([searched for _cell, searched in parts])[order],
        beside=np.argpartition(centres @ centres.T, cells - few, axis=1)[:, cells - few :],
    )


def _centres(vectors: Vectors, cells: int, threads: ThreadPoolExecutor) -> NDArray[np.float32]:
    """Return the centres of cells by spherical k-means: vectors of unclear faces are short."""
    rng = np.random.default_rng(0)
    sample = vectors[rng.choice(len(vectors), min(len(vectors), TRAINED_PER_CELL * cells), replace=False)]
    sample = _unit(sample)
    centres = sample[:cells]
    for _round in range(TRAINING_ROUNDS):

        def nearest(start: int, to: Vectors = centres) -> NDArray[np.intp]:
            return np.asarray((sample[start : start + ROWS] @ to.T).argmax(axis=1))

        own = np.concatenate(list(threads.map(nearest, range(0, len(sample), ROWS))))
        sums = incidence(own, np.arange(len(own)), shape=(cells, len(own))) @ sample
        centres = np.where(np.bincount(own, minlength=cells)[:, None] > 0, _unit(sums), centres)
    return centres


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


def _found(cells: _Cells, begin: int, end: int, k: int, threads: ThreadPoolExecutor) -> Found:
    """Return what the faces from `begin` to `end`, in the order of the cells, find in the cells they search.

    Of each face at least the k nearest, if there are as many.
    """
    at_least = np.full(end - begin, -np.inf, dtype=np.float32)

    def beside(cell: int) -> Found:
        """Look at the cells beside this one; return what is found where the faces do not search."""
        first, last = max(cells.starts[cell], begin), min(cells.starts[cell + 1], end)
        others = cells.beside[cell]
        columns = np.concatenate([np.arange(*cells.starts[[one, one + 1]]) for one in others])
        near = cells.vectors[first:last] @ cells.vectors[columns].T
        near[columns == np.arange(first, last)[:, None]] = -np.inf
        if len(columns) > k:
            at_least[first - begin : last - begin] = np.partition(near, -k, axis=1)[:, -k] - ROUNDING
        seen = (cells.searched[first:last, :, None] == others).any(axis=1)
        near[np.repeat(seen, np.diff(cells.starts)[others], axis=1)] = -np.inf
        row, column = np.nonzero(near > np.maximum(at_least[first - begin : last - begin, None], -2))
        return row + first, columns[column], near[row, column]

    searched = cells.searched[begin:end]
    by_cell = np.argsort(searched.ravel(), kind="stable")
    bounds = np.searchsorted(searched.ravel()[by_cell], np.arange(len(cells.starts)))
    faces_of = by_cell // searched.shape[1]

    def inside(cell: int) -> Found:
        """Compare all faces that search this cell with those in it."""
        first, last = cells.starts[cell], cells.starts[cell + 1]
        rows = faces_of[bounds[cell] : bounds[cell + 1]]
        near = cells.vectors[begin + rows] @ cells.vectors[first:last].T
        row, column = np.divmod(np.flatnonzero(near > at_least[rows, None]), max(1, last - first))
        return rows[row] + begin, column + first, near[row, column]

    own = np.searchsorted(cells.starts, [begin, end - 1], side="right") - 1
    parts = [
        *threads.map(beside, range(own[0], own[1] + 1)),
        *threads.map(inside, range(len(cells.starts) - 1)),
    ]
    faces, near, scores = (np.concatenate(column) for column in zip(*parts, strict=True))
    others = np.flatnonzero(faces != near)
    return faces[others], near[others], scores[others]


def _put_nearest(
    faces: NDArray[np.int64],
    near: NDArray[np.int64],
    scores: NDArray[np.float32],
    indices: NDArray[np.int64],
    similarities: NDArray[np.float32],
) -> None:
    """Put the nearest that were found for each face, each once, into its row, nearest first."""
    if not len(faces):
        return
    k = indices.shape[1]
    # One number that has the order of faces and, within, of falling scores: a float's bits have its order.
    bits = scores.view(np.int32).astype(np.int64)
    bits ^= (bits >> 31) & 0x7FFFFFFF
    order = np.argsort((faces << 32) - bits, kind="stable")
    faces, near, scores = faces[order], near[order], scores[order]
    starts = np.flatnonzero(np.diff(faces, prepend=-1))
    counts = np.diff(starts, append=len(faces))
    rank = np.arange(len(faces)) - np.repeat(starts, counts)
    first = np.flatnonzero(rank < k)
    indices[faces[first], rank[first]] = near[first]
    similarities[faces[first], rank[first]] = scores[first]


def _return_found(indices: NDArray[np.int64], similarities: NDArray[np.float32]) -> None:
    """Put each face into the lists of its neighbours that have missed it."""
    k = indices.shape[1]
    least = similarities[:, -1]
    nearer = np.flatnonzero((indices.ravel() >= 0) & (similarities.ravel() > least[indices.ravel()]))
    missed = []
    for start in range(0, len(nearer), FACES_AT_ONCE):
        edges = nearer[start : start + FACES_AT_ONCE]
        missed.append(edges[~(indices[indices.ravel()[edges]] == edges[:, None] // k).any(axis=1)])
    edges = np.concatenate([np.zeros(0, dtype=np.intp), *missed])
    rows = np.unique(indices.ravel()[edges])
    own = np.repeat(rows, k)
    faces = np.concatenate([own, indices.ravel()[edges]])
    near = np.concatenate([indices[rows].ravel(), edges // k])
    scores = np.concatenate([similarities[rows].ravel(), similarities.ravel()[edges]])
    known = near >= 0
    _put_nearest(faces[known], near[known], scores[known], indices, similarities)
