"""The leaves of HDBSCAN (Campello, Moulavi and Sander, 2013) on the neighbour graph.

The reach of two faces is their distance, but at least that of each from its second nearest face. Single
linkage by reach joins all faces into a tree. Where two branches of several faces meet, the tree splits; faces
that come one by one only grow a branch. A leaf is a branch in which nothing splits.

This is `HDBSCAN(min_cluster_size=2, min_samples=2, cluster_selection_method="leaf")` of scikit-learn, which
builds the tree with all its levels: for the leaves alone a fifth of the time is enough. Of equally far
reaches the one between nearer faces comes first; in scikit-learn any may.
"""

import numpy as np
from numpy.typing import NDArray

NEAREST = 1e-6
"""Distance of two equal faces: a stored zero means "no edge" in a sparse graph."""

TIES = 1e-9
"""Share of the distance that is added to the reach: less than two different similarities differ by."""


def density_groups(indices: NDArray[np.int64], similarities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the leaf of each face, numbered from n; a face outside all leaves has its own index.

    indices, similarities : (n, k), the nearest other faces of each face, nearest first, as from
        `nearest_neighbours`.
    """
    # Imported late: every process imports this module.
    from scipy.sparse import csr_array  # noqa: PLC0415 - see above
    from scipy.sparse.csgraph import connected_components, minimum_spanning_tree  # noqa: PLC0415

    count, k = indices.shape
    if k < 2:
        return np.arange(count)
    distances = np.clip(1 - similarities.astype(np.float64), NEAREST, 2.0)
    second = distances[:, 1]
    reach = np.maximum(np.maximum(distances, second[:, None]), second[indices]) + TIES * distances
    starts = np.arange(0, count * k + 1, k)
    tree = minimum_spanning_tree(csr_array((reach.ravel(), indices.ravel(), starts), shape=(count, count)))
    tree = tree.tocoo()
    order = np.argsort(tree.data, kind="stable")
    one, other = tree.row[order], tree.col[order]
    inside, splits = _inside_leaves(one.tolist(), other.tolist(), count)
    # Parts without a common neighbour split, too, if there are several.
    if not splits and len(one) == count - 1:
        return np.arange(count)
    one, other = one[inside], other[inside]
    leaves = csr_array((np.ones(len(one)), (one, other)), shape=(count, count))
    groups = connected_components(leaves, directed=False)[1].astype(np.int64)
    return np.where(np.bincount(groups)[groups] > 1, count + groups, np.arange(count))


def _inside_leaves(one: list[int], other: list[int], count: int) -> tuple[NDArray[np.bool_], bool]:
    """Return which joins of single linkage, the nearest first, are inside a leaf, and whether any splits."""
    parent = list(range(count))
    several, split = [False] * count, [False] * count
    inside = np.zeros(len(one), dtype=bool)
    splits = False
    for index in range(len(one)):
        first, second = one[index], other[index]
        while parent[first] != first:
            parent[first] = first = parent[parent[first]]
        while parent[second] != second:
            parent[second] = second = parent[parent[second]]
        if several[second]:
            first, second = second, first
        # A face alone becomes the child, so that ways stay short.
        parent[second] = first
        if several[second]:
            split[first] = splits = True
        elif not split[first]:
            inside[index] = True
        several[first] = True
    return inside, splits
