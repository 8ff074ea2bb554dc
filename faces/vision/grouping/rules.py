"""Rules of grouping: how near groups of one person are, and which faces are never, or always, together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

UNASSIGNED = -1
"""The label of a face without a group."""

FEW_FACES = 3
"""Faces of the smaller group up to which two groups are not many (`JoinRule.many`). With 2 a hard album loses
.004 of BCubed F1, with 4 nothing changes."""


@dataclass(frozen=True, slots=True)
class JoinRule:
    """The largest mean cosine distance (0..2) at which two groups are one person.

    The limit for groups of m and n faces is

        distance - few / sqrt(m * n) - many * max(0, 1 - FEW_FACES / min(m, n))
            + min(trust * (spread - usual_spread), most)

    Few pairs are weak evidence, so they must be nearer. A person whose faces lie near each other (many photos
    of one day, one camera) is not a face that is much farther away: `spread` is the mean distance inside the
    two groups, weighted by their sizes and drawn towards `usual_spread` as if that had been seen
    `usual_weight` times, since a group of one or two has no spread of its own.

    A poor face may be far from the other faces of its person. A group of many faces is not: its errors
    differ, so two such groups that are far apart are two people, such as sisters. Of the 146 right joins of
    the last tenth of the distance on five albums, 134 have three faces or fewer on one side, eleven four and
    one five; two sisters of 15 and 16 faces were .57 apart. (Joined vectors; benchmarks/README.md.)
    People who change with the years are free of this: see `growth`.

    The defaults are for FaceNet 128-d with vectors scaled by clarity, the middle of a plateau: on three
    composed albums, three hard ones and LFW (200 people, 400 strangers) BCubed F1 is .994 to .998, .88 to .91
    and .978. At distance .58 one composed album falls to .988 and LFW to .974; at .56 hard albums lose .005.
    One limit for all pairs (`few` and `trust` 0) joins tight groups of two people, and a trust of .6 two
    athletes whose own faces lie .19 apart and .48 from each other's; without `most` wide groups run away (LFW
    .71).

    unclear: the largest distance of an unclear face from the mean of a group that it joins alone; 0 for none
    (see `unclear_faces`).
    """

    distance: float = 0.57
    few: float = 0.14
    many: float = 0.05
    trust: float = 1.0
    usual_spread: float = 0.30
    most: float = 0.06
    usual_weight: float = 3.0
    unclear: float = 0.0


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
        shared = self._share_a_photo(low, high, groups, total)
        if not (self.known != UNASSIGNED).any():
            return shared
        people, refusals = self._people_of(groups, total)
        named = np.diff(people.indptr) > 0
        same = people[low].multiply(people[high]).sum(axis=1) > 0
        denied = (people[low].multiply(refusals[high]) + refusals[low].multiply(people[high])).sum(axis=1) > 0
        return np.asarray(shared | (named[low] & named[high] & ~same) | denied)

    def _share_a_photo(
        self, low: NDArray[np.int64], high: NDArray[np.int64], groups: NDArray[np.intp], total: int
    ) -> NDArray[np.bool_]:
        """Return (pairs,) bool: True if a photo shows faces of both groups."""
        involved = np.zeros(total, dtype=bool)
        involved[low] = involved[high] = True
        with_others = np.bincount(self.photos)[self.photos] > 1
        faces = np.flatnonzero(with_others & involved[groups])
        shared = np.zeros(len(low), dtype=bool)
        if not len(faces):
            return shared
        photos = len(self.photos)
        places = np.sort(groups[faces] * photos + self.photos[faces])
        sizes = np.bincount(groups[faces], minlength=total)
        starts = np.cumsum(sizes) - sizes
        smaller = np.where(sizes[low] <= sizes[high], low, high)
        counts = sizes[smaller]
        pair = np.repeat(np.arange(len(low)), counts)
        own = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts - starts[smaller], counts)
        wanted = places[own] % photos + (low + high - smaller)[pair] * photos
        found = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
        shared[pair[places[found] == wanted]] = True
        return shared

    def _people_of(self, groups: NDArray[np.intp], total: int) -> tuple[csr_array, csr_array]:
        """Return the confirmed and the rejected people of each group: two sparse (groups, people)."""
        confirmed = np.flatnonzero(self.known != UNASSIGNED)
        names, column = np.unique(
            np.concatenate([self.known[confirmed], self.refused[:, 1]]), return_inverse=True
        )
        shape = (total, max(1, len(names)))
        held = incidence(groups[confirmed], column[: len(confirmed)], shape=shape)
        return held, incidence(groups[self.refused[:, 0]], column[len(confirmed) :], shape=shape)


def incidence(rows: NDArray[np.intp], columns: NDArray[np.intp], *, shape: tuple[int, int]) -> csr_array:
    """Return a sparse matrix with 1 at each (row, column)."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - see clustering.py

    matrix = csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix
