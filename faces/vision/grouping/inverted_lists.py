"""The nearest neighbours of very many faces, each compared with the faces of the nearest cells only.

The vectors are divided into cells by k-means (an inverted file, Sivic and Zisserman, 2003). Neighbours in
cells that are not searched are missed; similarities are exact. Figures beside the exact search and other
indexes: benchmarks/README.md.
"""

import math

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.neighbours import NEIGHBOURS, nearest_neighbours
from faces.vision.types import Vectors

CELLS_PER_ROOT = 6
"""Cells for the square root of the number of faces: 1,900 for 100,000 faces, 6,000 for a million."""

CELLS_SEARCHED = 64
TRAINING_ROUNDS = 8
TRAINED_PER_CELL = 40
"""Vectors a cell that k-means looks at; more make it slower and find no more neighbours."""

AT_ONCE = 20_000


def near_neighbours(
    vectors: Vectors, *, k: int = NEIGHBOURS
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return k of the nearest other faces of each face, nearest first, as `nearest_neighbours` does."""
    # Imported late: it takes a second, and small libraries do not need it.
    import faiss  # noqa: PLC0415 - see above

    count, dimensions = vectors.shape
    cells = min(CELLS_PER_ROOT * math.isqrt(count), max(1, count // TRAINED_PER_CELL))
    centres = faiss.IndexFlatIP(dimensions)
    index = faiss.IndexIVFFlat(centres, dimensions, cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter, index.cp.max_points_per_centroid = TRAINING_ROUNDS, TRAINED_PER_CELL
    # By direction: vectors of unclear faces are short.
    index.cp.spherical = True
    index.train(vectors)
    index.add(vectors)
    index.nprobe = CELLS_SEARCHED
    indices = np.empty((count, k), dtype=np.int64)
    similarities = np.empty((count, k), dtype=np.float32)
    # Faces of one cell after each other, so that the cells they search stay in the processor's cache.
    order = np.argsort(centres.search(vectors, 1)[1][:, 0], kind="stable")
    for start in range(0, count, AT_ONCE):
        rows = order[start : start + AT_ONCE]
        near, found = index.search(vectors[rows], k + 1)
        itself = found == rows[:, None]
        itself[~itself.any(axis=1), -1] = True
        indices[rows], similarities[rows] = found[~itself].reshape(-1, k), near[~itself].reshape(-1, k)
    lacking = np.flatnonzero((indices < 0).any(axis=1))
    if len(lacking):
        indices[lacking], similarities[lacking] = nearest_neighbours(vectors, k=k, of=lacking)
    return indices, similarities
