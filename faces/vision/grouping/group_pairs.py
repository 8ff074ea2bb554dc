"""Pairs of groups of faces, and how far apart they are while groups are joined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.rules import FEW_FACES, Constraints, JoinRule, incidence
from faces.vision.types import Vectors

PAIRS_AT_ONCE = 1 << 11
"""Pairs of groups per block: 4 MB of vectors, which stay in the cache of the processor."""


@dataclass(frozen=True, slots=True)
class LinkedFaces:
    """Faces, by which their groups are compared and joined.

    vectors : (n, dimensions) float32, rows of length 1, or shorter where a face is not clear.
    neighbours : (n, k) int64, the faces near each face: only groups that are near somewhere are compared. Two
        faces that are near each other are one edge: see `each_edge_once`.
    similarities : (n, k) float32, the products of the vectors of these faces.
    taken : (n,) float64, when the photo of each face was taken, in years; NaN where that is not known.
    """

    vectors: Vectors
    neighbours: NDArray[np.int64]
    similarities: NDArray[np.float32]
    constraints: Constraints
    rule: JoinRule
    taken: NDArray[np.float64] | None = None


@dataclass(slots=True)
class GroupSums:
    """Sums over n groups from which they are compared: (n, dimensions) vectors, (n,) sizes and squares.

    squares : the sum of each vector's product with itself: the size, if all vectors have length 1.
    spreads : the mean distance between the faces of each group; 0 for a single face.
    """

    sums: NDArray[np.float32]
    sizes: NDArray[np.int64]
    squares: NDArray[np.float64]
    spreads: NDArray[np.float64]

    @classmethod
    def of(cls, groups: NDArray[np.intp], vectors: Vectors) -> GroupSums:
        """Return the sums of groups numbered from 0."""
        count, total = len(groups), int(groups.max()) + 1
        sums = incidence(groups, np.arange(count), shape=(total, count)) @ vectors
        own = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
        squares = np.asarray(np.bincount(groups, own, minlength=total), dtype=np.float64)
        result = cls(sums, np.bincount(groups, minlength=total), squares, np.zeros(total))
        result._spread(np.flatnonzero(result.sizes > 1))
        return result

    def move(self, groups: NDArray[np.intp], into: NDArray[np.int64]) -> None:
        """Add each group of `groups` to a group of its own in `into`."""
        for values in (self.sums, self.sizes, self.squares):
            values[into] += values[groups]
        self._spread(into)

    def _spread(self, groups: NDArray[np.int64]) -> None:
        """Compute the spreads of groups of several faces."""
        sums, sizes = self.sums[groups], self.sizes[groups]
        inside = np.einsum("ij,ij->i", sums, sums, dtype=np.float64) - self.squares[groups]
        self.spreads[groups] = 1 - inside / (sizes * (sizes - 1))


def each_edge_once(neighbours: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the neighbours (n, k), but a face itself instead of each that already has it as a neighbour."""
    count, k = neighbours.shape
    one, other = np.repeat(np.arange(count), k), neighbours.ravel()
    first = np.unique(np.minimum(one, other) * count + np.maximum(one, other), return_index=True)[1]
    one[first] = other[first]
    return one.reshape(count, k)


class GroupPairs:
    """Pairs of different groups, each once, and how far apart they are.

    low, high : (pairs,) int64, numbers of groups, low < high; equal in a pair that has become one group.
    distance : (pairs,) float64, the mean distance of the faces; inf if the pair must not be joined.
    total, counted : (pairs,) float64, the sum of the distances of the pairs of faces that are known, and how
        many these are. A join only adds to them. So most pairs are known to be too far apart, and many to be
        at their distance, without comparing the vectors again.
    """

    def __init__(
        self,
        low: NDArray[np.int64],
        high: NDArray[np.int64],
        total: NDArray[np.float64],
        counted: NDArray[np.float64],
    ) -> None:
        self.low, self.high, self.total, self.counted = low, high, total, counted
        self.distance = np.full(len(low), np.inf)
        self.changed = np.arange(len(low))

    @classmethod
    def of(cls, groups: NDArray[np.intp], faces: LinkedFaces, groups_total: int) -> GroupPairs:
        """Return the pairs of groups that are near somewhere, with the distances of the near faces."""
        count, k = faces.neighbours.shape
        one, other = np.repeat(np.arange(count), k), faces.neighbours.ravel()
        one, other = groups[one], groups[other]
        edges = np.flatnonzero(one != other)
        one, other = one[edges], other[edges]
        keys, which = np.unique(
            np.minimum(one, other) * groups_total + np.maximum(one, other), return_inverse=True
        )
        distances = 1 - faces.similarities.ravel()[edges].astype(np.float64)
        total = np.asarray(np.bincount(which, distances), dtype=np.float64)
        counted = np.asarray(np.bincount(which), dtype=np.float64)
        return cls(keys // groups_total, keys % groups_total, total, counted)

    def compare(
        self, of: GroupSums, rule: JoinRule, constraints: Constraints, group_of: NDArray[np.intp]
    ) -> None:
        """Compare the pairs that have changed."""
        at = self.changed
        self.distance[at] = np.inf
        count = of.sizes[self.low[at]] * of.sizes[self.high[at]]
        possible = self.total[at] <= (rule.distance + rule.most) * count
        at, count = at[possible], count[possible]
        unknown = self.counted[at] < count
        new = at[unknown]
        self.total[new] = mean_distances(self.low[new], self.high[new], of) * count[unknown]
        self.counted[new] = count[unknown]
        distance = self.total[at] / count
        near = distance <= limits(self.low[at], self.high[at], of.sizes, of.spreads, rule)
        at, distance = at[near], distance[near]
        allowed = ~constraints.forbidden(self.low[at], self.high[at], group_of)
        self.distance[at[allowed]] = distance[allowed]

    def joinable(
        self, waits: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return the pairs that may be joined without the groups that wait, and their distances."""
        at = np.flatnonzero(np.isfinite(self.distance))
        at = at[~(waits[self.low[at]] | waits[self.high[at]])]
        return self.low[at], self.high[at], self.distance[at]

    def move(self, moved: NDArray[np.intp], joined: NDArray[np.int64]) -> None:
        """Renumber the groups after a join, and let pairs that have become equal be one."""
        affected = np.zeros(len(joined), dtype=bool)
        affected[moved] = affected[joined[moved]] = True
        at = np.flatnonzero(affected[self.low] | affected[self.high])
        one, other = joined[self.low[at]], joined[self.high[at]]
        outside = one != other
        one, other = one[outside], other[outside]
        keys, which = np.unique(
            np.minimum(one, other) * len(joined) + np.maximum(one, other), return_inverse=True
        )
        total, counted = (np.bincount(which, values[at[outside]]) for values in (self.total, self.counted))
        changed, gone = at[: len(keys)], at[len(keys) :]
        self.low[changed], self.high[changed] = np.divmod(keys, len(joined))
        self.total[changed], self.counted[changed] = total, counted
        self.low[gone] = self.high[gone] = 0
        self.distance[at] = np.inf
        self.changed = changed
        if 2 * np.count_nonzero(self.low == self.high) > len(self.low):
            self._compact()

    def _compact(self) -> None:
        """Drop the pairs that have become one group."""
        alive = np.flatnonzero(self.low != self.high)
        self.changed = np.searchsorted(alive, self.changed)
        self.low, self.high, self.distance = self.low[alive], self.high[alive], self.distance[alive]
        self.total, self.counted = self.total[alive], self.counted[alive]


def mean_distances(low: NDArray[np.int64], high: NDArray[np.int64], of: GroupSums) -> NDArray[np.float64]:
    """Return the mean distance of the faces of each pair of groups."""
    products = np.empty(len(low), dtype=np.float32)
    for start in range(0, len(low), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        products[part] = np.einsum("ij,ij->i", of.sums[low[part]], of.sums[high[part]])
    return 1 - products / (of.sizes[low] * of.sizes[high])


def limits(
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    sizes: NDArray[np.int64],
    spread: NDArray[np.float64],
    rule: JoinRule,
) -> NDArray[np.float64]:
    """Return the mean distance up to which each pair of groups is one person: see `JoinRule`."""
    more_low, more_high = sizes[low] - 1, sizes[high] - 1
    seen = more_low * spread[low] + more_high * spread[high] + rule.usual_weight * rule.usual_spread
    spreads = seen / (more_low + more_high + rule.usual_weight)
    few = rule.few / np.sqrt(sizes[low] * sizes[high])
    many = rule.many * np.maximum(0, 1 - FEW_FACES / np.minimum(sizes[low], sizes[high]))
    # Bounded: a wrong join widens the spread, which must not lead to the next wrong join.
    more = np.minimum(rule.trust * (spreads - rule.usual_spread), rule.most)
    return np.asarray(rule.distance - few - many + more)
