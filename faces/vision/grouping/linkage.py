"""Average linkage under constraints: join groups of faces that are near and may be one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faces.vision.types import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_array

UNASSIGNED = -1
"""The label of a face without a group."""

PAIRS_AT_ONCE = 1 << 16
"""Pairs of groups per block: 70 MB of vectors."""


@dataclass(frozen=True, slots=True)
class JoinRule:
    """The largest mean cosine distance (0..2) at which two groups are one person.

    The limit for groups of m and n faces is

        distance - few / sqrt(m * n) + min(trust * (spread - usual_spread), most)

    Few pairs are weak evidence, so they must be nearer. A person whose faces lie near each other (many photos
    of one day, one camera) is not a face that is much farther away: `spread` is the mean distance inside the
    two groups, weighted by their sizes and drawn towards `usual_spread` as if that had been seen
    `usual_weight` times, since a group of one or two has no spread of its own.

    The defaults are for FaceNet 128-d with vectors scaled by clarity, the middle of a plateau: on three
    composed albums, three hard ones and LFW (200 people, 400 strangers) BCubed F1 is .994 to .998, .88 to .91
    and .978. At distance .58 one composed album falls to .988 and LFW to .974; at .56 hard albums lose .005.
    One limit for all pairs (`few` and `trust` 0) joins tight groups of two people, and a trust of .6 two
    athletes whose own faces lie .19 apart and .48 from each other's; without `most` wide groups run away (LFW
    .71).
    """

    distance: float = 0.57
    few: float = 0.14
    trust: float = 1.0
    usual_spread: float = 0.30
    most: float = 0.06
    usual_weight: float = 3.0


@dataclass(frozen=True, slots=True)
class Constraints:
    """The faces that must not, and that must, be in one group.

    photos : (n,) intp
        Numbers from 0: faces with one number are different people.
    known : (n,) int64
        The person that a face is confirmed as, or -1.
    refused : (m, 2) int64
        Rows of (face, person): the face was rejected for that person.
    """

    photos: NDArray[np.intp]
    known: NDArray[np.int64]
    refused: NDArray[np.int64]

    def broken(self, groups: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return (groups,) bool: True for a group that breaks a constraint. Groups are numbered from 0."""
        total = int(groups.max()) + 1
        pairs, counts = np.unique(np.stack([groups, self.photos]), axis=1, return_counts=True)
        result = np.zeros(total, dtype=bool)
        result[pairs[0][counts > 1]] = True
        people, refusals = self._people_of(groups, total)
        result |= np.diff(people.indptr) > 1
        return np.asarray(result | (people.multiply(refusals).sum(axis=1) > 0))

    def forbidden(
        self, low: NDArray[np.int64], high: NDArray[np.int64], groups: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Return (pairs,) bool: True if two groups share a photo, are two people, or reject each other."""
        total = int(groups.max()) + 1
        seen_in = _incidence(groups, self.photos, shape=(total, int(self.photos.max()) + 1))
        shared = seen_in[low].multiply(seen_in[high]).sum(axis=1) > 0
        people, refusals = self._people_of(groups, total)
        if people.nnz == 0:
            return np.asarray(shared)
        named = np.diff(people.indptr) > 0
        same = people[low].multiply(people[high]).sum(axis=1) > 0
        denied = (people[low].multiply(refusals[high]) + refusals[low].multiply(people[high])).sum(axis=1) > 0
        return np.asarray(shared | (named[low] & named[high] & ~same) | denied)

    def _people_of(self, groups: NDArray[np.intp], total: int) -> tuple[csr_array, csr_array]:
        """Return the confirmed and the rejected people of each group: two sparse (groups, people)."""
        confirmed = np.flatnonzero(self.known != UNASSIGNED)
        names, column = np.unique(
            np.concatenate([self.known[confirmed], self.refused[:, 1]]), return_inverse=True
        )
        shape = (total, max(1, len(names)))
        held = _incidence(groups[confirmed], column[: len(confirmed)], shape=shape)
        return held, _incidence(groups[self.refused[:, 0]], column[len(confirmed) :], shape=shape)


@dataclass(frozen=True, slots=True)
class LinkedFaces:
    """Faces, by which their groups are compared and joined.

    vectors : (n, dimensions) float32, rows of length 1, or shorter where a face is not clear.
    neighbours : (n, k) int64, the faces near each face: only groups that are near somewhere are compared.
    """

    vectors: Vectors
    neighbours: NDArray[np.int64]
    constraints: Constraints
    rule: JoinRule


def join_groups(groups: NDArray[np.int64], faces: LinkedFaces) -> NDArray[np.intp]:
    """Join groups by average linkage along the neighbour graph, never across a forbidden pair.

    In each round every group finds the nearest one, and mutual nearest groups are joined. For average linkage
    that equals joining the globally nearest pair again and again, since a join never brings a third group
    nearer than the nearer of the two was (the linkage is "reducible"). The mean similarity of two groups is
    the product of their vectors' sums over the number of pairs.

    groups : (n,) int64, the initial group of each face; any numbers. Returns (n,) intp, numbered from 0.
    """
    constraints, k = faces.constraints, faces.neighbours.shape[1]
    _, group_of = np.unique(groups, return_inverse=True)
    of = GroupSums.of(group_of, faces.vectors)
    total = len(of.sizes)

    def compared(
        one: NDArray[np.intp], other: NDArray[np.intp]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return each pair of different groups once, and its distance: inf if they must not be joined."""
        pairs = _distinct(one, other, total)
        low, high = pairs // total, pairs % total
        near, distance = _near(low, high, of, faces.rule)
        near[near] = ~constraints.forbidden(low[near], high[near], group_of)
        return low, high, np.where(near, distance, np.inf)

    low, high, distance = compared(np.repeat(group_of, k), group_of[faces.neighbours.ravel()])
    # Rejected faces come last: otherwise they would draw their neighbours away from the rejected person.
    for last in (False, True) if len(constraints.refused) else (True,):
        waits = np.zeros(total, dtype=bool)
        if not last:
            waits[group_of[constraints.refused[:, 0]]] = True
        while (usable := np.isfinite(distance) & ~(waits[low] | waits[high])).any():
            joined = _joined_pairs(low[usable], high[usable], distance[usable], total)
            moved = np.flatnonzero(joined != np.arange(total))
            group_of = joined[group_of]
            of.move(moved, joined[moved])
            # Compare only changed groups again.
            changed = np.zeros(total, dtype=bool)
            changed[moved] = changed[joined[moved]] = True
            again = changed[low] | changed[high]
            fresh = compared(joined[low[again]], joined[high[again]])
            low, high, distance = (
                np.concatenate([values[~again], new])
                for values, new in zip((low, high, distance), fresh, strict=True)
            )
    return np.unique(group_of, return_inverse=True)[1]


def joinable_pairs(
    groups: NDArray[np.intp], of: GroupSums, faces: LinkedFaces
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The pairs of groups that are near enough to be one person, whatever forbids it, and their distances."""
    total = len(of.sizes)
    pairs = _distinct(np.repeat(groups, faces.neighbours.shape[1]), groups[faces.neighbours.ravel()], total)
    low, high = pairs // total, pairs % total
    near, distance = _near(low, high, of, faces.rule)
    return low[near], high[near], distance[near]


def _near(
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    of: GroupSums,
    rule: JoinRule,
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return which pairs of groups are near enough to be one person, and the mean distance of each pair."""
    products = np.empty(len(low), dtype=np.float32)
    for start in range(0, len(low), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        products[part] = np.einsum("ij,ij->i", of.sums[low[part]], of.sums[high[part]])
    distance = 1 - products / (of.sizes[low] * of.sizes[high])
    return distance <= _limits(low, high, of.sizes, of.spreads(), rule), distance


@dataclass(slots=True)
class GroupSums:
    """Sums over n groups from which they are compared: (n, dimensions) vectors, (n,) sizes and squares.

    squares : the sum of each vector's product with itself: the size, if all vectors have length 1.
    """

    sums: NDArray[np.float32]
    sizes: NDArray[np.int64]
    squares: NDArray[np.float64]

    @classmethod
    def of(cls, groups: NDArray[np.intp], vectors: Vectors) -> GroupSums:
        """Return the sums of groups numbered from 0."""
        count, total = len(groups), int(groups.max()) + 1
        sums = _incidence(groups, np.arange(count), shape=(total, count)) @ vectors
        own = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
        squares = np.asarray(np.bincount(groups, own, minlength=total), dtype=np.float64)
        return cls(sums, np.bincount(groups, minlength=total), squares)

    def move(self, groups: NDArray[np.intp], into: NDArray[np.int64]) -> None:
        """Add each group of `groups` to a group of its own in `into`."""
        for values in (self.sums, self.sizes, self.squares):
            values[into] += values[groups]

    def spreads(self) -> NDArray[np.float64]:
        """Return the mean distance between the faces of each group; 0 for a single face."""
        pairs = np.maximum(self.sizes * (self.sizes - 1), 1)
        inside = np.einsum("ij,ij->i", self.sums, self.sums, dtype=np.float64) - self.squares
        return np.where(self.sizes > 1, 1 - inside / pairs, 0.0)


def apart(one: Vectors, other: Vectors, rule: JoinRule) -> tuple[float, float]:
    """Return the mean cosine distance (0..2) of two groups, and the limit up to which they are one person.

    one, other : (m, dimensions) and (n, dimensions), as in `LinkedFaces`.
    """
    of = GroupSums.of(np.repeat([0, 1], [len(one), len(other)]), np.concatenate([one, other]))
    first, second = np.asarray([0]), np.asarray([1])
    distance = 1 - float(of.sums[0] @ of.sums[1]) / (len(one) * len(other))
    return distance, float(_limits(first, second, of.sizes, of.spreads(), rule)[0])


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


def _limits(
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
    # Bounded: a wrong join widens the spread, which must not lead to the next wrong join.
    more = np.minimum(rule.trust * (spreads - rule.usual_spread), rule.most)
    return np.asarray(rule.distance - few + more)


def _incidence(rows: NDArray[np.intp], columns: NDArray[np.intp], *, shape: tuple[int, int]) -> csr_array:
    """Return a sparse matrix with 1 at each (row, column)."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - see clustering.py

    matrix = csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def _distinct(one: NDArray[np.intp], other: NDArray[np.intp], total: int) -> NDArray[np.int64]:
    """Return each unordered pair of different groups once, as low * total + high."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    apart = low != high
    return np.unique(low[apart].astype(np.int64) * total + high[apart])


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
