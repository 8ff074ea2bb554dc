"""Pairs of perceptual hashes that are nearly the same, without comparing all with all."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_DIFFERENT = 10
"""Bits of 64 in which the hashes of similar pictures differ, at most: see benchmarks/similar_photos.py."""

MOST_DETAIL = 20
"""Bits of 64 in which the hashes of the detail differ, at most, where pictures are taken for copies."""

_BITS = 16
_NEAR = (2, 2, 2, 1)
"""Different bits of each part of 16 bits, of which one is met: else there were 3 + 3 + 3 + 2 = 11 or more."""

_CANDIDATES = 1_000_000
"""Candidates that are compared at once, some 50 MB."""

_FEW = 400
"""Hashes up to which comparing all with all is the faster way."""

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def near_pairs(hashes: NDArray[np.uint64]) -> Pairs:
    """Return the pairs of different hashes that differ in at most `MOST_DIFFERENT` bits, each once.

    hashes: (n,), each of them once. Returns the indexes of the first and of the second of each pair, (m,).

    Multi-index hashing (Norouzi, Punjani, Fleet 2012): two hashes with at most 10 different bits are nearly
    the same in one of four parts. So each hash is compared only with those that have a similar part. A pair
    that several parts find is taken from the first of them. A few hashes are compared all with all.
    """
    if len(hashes) <= _FEW:
        return _within(hashes, np.triu_indices(len(hashes), 1), MOST_DIFFERENT)
    parts = [(hashes >> np.uint64(_BITS * table)).astype(np.uint16) for table in range(len(_NEAR))]
    found: list[Pairs] = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    for table, most in enumerate(_NEAR):
        for pairs in _candidates(parts[table], most):
            near = _within(hashes, pairs, MOST_DIFFERENT)
            # Not those that an earlier part has found.
            for earlier in range(table):
                near = _beyond(parts[earlier], near, _NEAR[earlier])
            found.append(near)
    left, right = (np.concatenate(side) for side in zip(*found, strict=True))
    return left, right


def _within(values: NDArray[Any], pairs: Pairs, most: int) -> Pairs:
    """Return the pairs that differ in at most `most` bits."""
    left, right = pairs
    near = np.bitwise_count(values[left] ^ values[right]) <= most
    return left[near], right[near]


def _beyond(values: NDArray[Any], pairs: Pairs, most: int) -> Pairs:
    """Return the pairs that differ in more than `most` bits."""
    left, right = pairs
    far = np.bitwise_count(values[left] ^ values[right]) > most
    return left[far], right[far]


def _candidates(part: NDArray[np.uint16], most: int) -> Iterator[Pairs]:
    """Yield the pairs of hashes whose parts differ in at most `most` bits, the smaller index first."""
    order = np.argsort(part, kind="stable")
    counts = np.bincount(part, minlength=2**_BITS)
    starts = np.cumsum(counts) - counts
    for mask in _masks(most):
        wanted = part ^ mask
        first, count = starts[wanted], counts[wanted]
        (asking,) = np.nonzero(count)
        ends = np.cumsum(count[asking])
        # At least one hash at a time, whose candidates are all others at most.
        cuts = np.searchsorted(ends, np.arange(_CANDIDATES, ends[-1] if len(ends) else 0, _CANDIDATES))
        for chunk in np.split(asking, np.unique(cuts)):
            many = count[chunk]
            left = np.repeat(chunk, many)
            within = np.arange(len(left)) - np.repeat(np.cumsum(many) - many, many)
            right = order[np.repeat(first[chunk], many) + within]
            ascending = left < right
            yield left[ascending], right[ascending]


def _masks(most: int) -> list[np.uint16]:
    """Return the numbers of 16 bits with at most `most` bits set."""
    powers = [1 << bit for bit in range(_BITS)]
    return [np.uint16(sum(bits)) for count in range(most + 1) for bits in combinations(powers, count)]


def stars(count: int, pairs: Pairs) -> list[list[int]]:
    """Return groups of near hashes, each a centre with all free hashes near it; the largest come first.

    A chain of pairs would join pictures that have nothing in common at its ends. Here all of a group are
    near its centre. count: of the hashes. Groups of one are left out.
    """
    left, right = np.concatenate(pairs), np.concatenate(pairs[::-1])
    order = np.argsort(left, kind="stable")
    left, right = left[order], right[order]
    starts = np.searchsorted(left, np.arange(count + 1))
    degrees = np.diff(starts)
    free = np.ones(count, bool)
    groups = []
    for centre in np.argsort(-degrees, kind="stable"):
        if not degrees[centre]:
            break
        if not free[centre]:
            continue
        near = right[starts[centre] : starts[centre + 1]]
        near = near[free[near]]
        free[centre] = False
        free[near] = False
        if len(near):
            groups.append([int(centre), *map(int, near)])
    return groups


def same_detail(hashes: NDArray[np.uint64]) -> list[list[int]]:
    """Divide a group of pictures by the hashes of their detail; returns indexes, without parts of one.

    hashes: (n,), that of the centre first. All of a part are near its first one.
    """
    left = np.arange(len(hashes))
    parts = []
    while len(left) > 1:
        near = np.bitwise_count(hashes[left] ^ hashes[left[0]]) <= MOST_DETAIL
        if near.sum() > 1:
            parts.append([int(place) for place in left[near]])
        left = left[~near]
    return parts
