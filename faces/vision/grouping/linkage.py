"""Average linkage under constraints: join groups of faces that are near and may be one person."""

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.group_pairs import GroupPairs, GroupSums, LinkedFaces, limits, mean_distances
from faces.vision.grouping.rules import JoinRule
from faces.vision.types import Vectors


def join_groups(groups: NDArray[np.int64], faces: LinkedFaces) -> NDArray[np.intp]:
    """Join groups by average linkage along the neighbour graph, never across a forbidden pair.

    In each round every group finds the nearest one, and mutual nearest groups are joined. For average linkage
    that equals joining the globally nearest pair again and again, since a join never brings a third group
    nearer than the nearer of the two was (the linkage is "reducible"). The mean similarity of two groups is
    the product of their vectors' sums over the number of pairs.

    groups : (n,) int64, the initial group of each face; any numbers. Returns (n,) intp, numbered from 0.
    """
    constraints = faces.constraints
    _, group_of = np.unique(groups, return_inverse=True)
    of = GroupSums.of(group_of, faces.vectors)
    total = len(of.sizes)
    pairs = GroupPairs.of(group_of, faces, total)
    # Rejected faces come last: otherwise they would draw their neighbours away from the rejected person.
    for last in (False, True) if len(constraints.refused) else (True,):
        waits = np.zeros(total, dtype=bool)
        if not last:
            waits[group_of[constraints.refused[:, 0]]] = True
        while True:
            pairs.compare(of, faces.rule, constraints, group_of)
            low, high, distance = pairs.joinable(waits)
            if not len(low):
                break
            joined = _joined_pairs(low, high, distance, total)
            moved = np.flatnonzero(joined != np.arange(total))
            group_of = joined[group_of]
            of.move(moved, joined[moved])
            pairs.move(moved, joined)
    return np.unique(group_of, return_inverse=True)[1]


def join_rejected(groups: NDArray[np.intp], faces: LinkedFaces) -> NDArray[np.intp]:
    """Join each rejected face that is alone with the nearest group that may be its person.

    Their group may have been one with that of the rejected person when they had their turn, and parted since.
    """
    constraints = faces.constraints
    of = GroupSums.of(groups, faces.vectors)
    alone = np.zeros(len(of.sizes), dtype=bool)
    alone[groups[constraints.refused[:, 0]]] = True
    alone &= of.sizes == 1
    if not alone.any():
        return groups
    low, high, distance = joinable_pairs(groups, of, faces)
    allowed = (alone[low] != alone[high]) & ~constraints.forbidden(low, high, groups)
    low, high, distance = low[allowed], high[allowed], distance[allowed]
    result = groups.copy()
    taken: set[tuple[int, int]] = set()
    for pair in np.lexsort((high, low, distance)).tolist():
        single, other = (low[pair], high[pair]) if alone[low[pair]] else (high[pair], low[pair])
        (face,) = np.flatnonzero(groups == single)
        place = int(other), int(constraints.photos[face])
        if result[face] == single and place not in taken:
            taken.add(place)
            result[face] = other
    return result


def joinable_pairs(
    groups: NDArray[np.intp], of: GroupSums, faces: LinkedFaces
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The pairs of groups that are near enough to be one person, whatever forbids it, and their distances."""
    pairs = GroupPairs.of(groups, faces, len(of.sizes))
    low, high = pairs.low, pairs.high
    distance = mean_distances(low, high, of)
    near = distance <= limits(low, high, of.sizes, of.spreads, faces.rule)
    return low[near], high[near], distance[near]


def apart(one: Vectors, other: Vectors, rule: JoinRule) -> tuple[float, float]:
    """Return the mean cosine distance (0..2) of two groups, and the limit up to which they are one person.

    one, other : (m, dimensions) and (n, dimensions), as in `LinkedFaces`.
    """
    of = GroupSums.of(np.repeat([0, 1], [len(one), len(other)]), np.concatenate([one, other]))
    first, second = np.asarray([0]), np.asarray([1])
    distance = 1 - float(of.sums[0] @ of.sums[1]) / (len(one) * len(other))
    return distance, float(limits(first, second, of.sizes, of.spreads, rule)[0])


def far_from_group(groups: NDArray[np.intp], vectors: Vectors, rule: JoinRule) -> NDArray[np.bool_]:
    """Return (n,) bool: True for a face too far from the others of its group to be joined with them.

    Density is relative: where all faces are far apart, HDBSCAN groups the least distant ones.
    """
    of = GroupSums.of(groups, vectors)
    others = np.maximum(of.sizes[groups] - 1, 1)
    # The sum over the group includes the face's similarity with itself.
    with_all = np.einsum("ij,ij->i", of.sums[groups], vectors)
    distance = 1 - (with_all - np.einsum("ij,ij->i", vectors, vectors)) / others
    return np.asarray((of.sizes[groups] > 1) & (distance > rule.distance - rule.few / np.sqrt(others)))


def _joined_pairs(
    low: NDArray[np.int64], high: NDArray[np.int64], distance: NDArray[np.float64], total: int
) -> NDArray[np.int64]:
    """Return the new group of each group: mutual nearest groups become one."""
    least = np.full(total, np.inf)
    nearest = np.full(total, total, dtype=np.int64)
    for one in (low, high):
        np.minimum.at(least, one, distance)
    for one, other in ((low, high), (high, low)):
        # Of several equally near ones the first.
        here = distance == least[one]
        np.minimum.at(nearest, one[here], other[here])
    having = np.flatnonzero(nearest < total)
    groups = np.arange(total, dtype=np.int64)
    mutual = having[nearest[nearest[having]] == having]
    smaller = mutual[mutual < nearest[mutual]]
    groups[nearest[smaller]] = smaller
    return groups
