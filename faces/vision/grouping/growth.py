"""People who change with the years: children are near themselves in photos of one time, not of all times.

Three rules, by the times of photos and the vectors alone; no estimate of an age is used:

- Groups of many faces that change with time may be as far apart as those of a few (`JoinRule.many`).
- Groups that are too far apart as wholes are one person if their faces of the same time are near enough, and
  those of different times are clearly farther apart. Otherwise a child is a group per few years.
- Where a group has a gap of years and its faces before or after the gap change with time, both sides must be
  nearer than other groups. Brothers and sisters look alike at the same age; the review asks about them.

People who do not change are not touched: their distances do not depend on time. On four real albums with
times drawn at random nothing changes (benchmarks/README.md, "People who change").
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.group_pairs import GroupPairs, GroupSums, LinkedFaces, limits, mean_distances
from faces.vision.grouping.linkage import apart
from faces.vision.grouping.rules import UNASSIGNED
from faces.vision.types import Vectors

SAME_TIME = 1.5
"""Years between two photos that count as of one time. With 1.0 drawn children stay in more parts."""

LEAST_FACES = 3
"""Least faces of each group at the same time."""

DRIFT = 0.08
"""Cosine distance by which faces of different times are at least farther apart than those of one time. At .05
a group of adults with random times was joined wrongly once in 24 trials."""

MOST = 0.2
"""Cosine distance above the limit up to which whole groups are compared by time."""

MARGIN = 0.02
"""Cosine distance by which faces of one time must be nearer than the limit: the rule picks the near ones."""

GAP = 2.0
"""Years without a face of the group after which a child may look like a brother or sister."""

CAUTION = 0.06
"""Cosine distance by which both sides of a gap must be nearer than other groups, without the room that a wide
spread gives: faces of a child are far from each other because it grows."""

MOST_FACES = 300
"""Faces of a group that are compared with each other, evenly over time."""


def join_across_years(groups: NDArray[np.intp], faces: LinkedFaces) -> NDArray[np.intp]:
    """Join pairs of groups that are near where they are of one time, or change with time; each group once.

    groups : (n,) intp, numbered from 0. Returns (n,) intp; the same array if there was no such pair.
    """
    taken = faces.taken
    if taken is None:
        return groups
    faces = _of_any_size(faces)
    of = GroupSums.of(groups, faces.vectors)
    low, high, excesses = _may_be_one(groups, of, faces)
    members = _members(groups, taken, len(of.sizes))
    found = []
    for one, other, whole in zip(low.tolist(), high.tolist(), excesses.tolist(), strict=True):
        if whole <= 0:
            both = np.concatenate([members[one], members[other]])
            sides = _at_gap(both[np.argsort(taken[both], kind="stable")], taken)
            if any(_grows(_sample(side), faces.vectors, taken) for side in sides):
                found.append((whole, one, other))
            continue
        excess = _excess(_sample(members[one]), _sample(members[other]), faces, taken)
        if excess <= 0:
            found.append((excess, one, other))
    result, used = groups, set[int]()
    for _excess_of_pair, one, other in sorted(found):
        if one in used or other in used:
            continue
        used |= {one, other}
        if result is groups:
            result = groups.copy()
        result[groups == other] = one
    return result


def part_across_gaps(groups: NDArray[np.intp], faces: LinkedFaces) -> NDArray[np.intp]:
    """Part groups of people who change, at gaps of years across which they are not clearly one person.

    A group whose confirmed faces are on both sides stays whole. Faces without a time stay with the larger
    side. groups : (n,) intp, numbered from 0. Returns (n,) intp; the same array if no group was parted.
    """
    taken = faces.taken
    if taken is None:
        return groups
    faces = _of_any_size(faces)
    result, fresh = groups, int(groups.max()) + 1
    for own in _members(groups, taken, fresh):
        sides = _at_gap(own, taken)
        if len(sides) < 2:
            continue
        before, after = sides
        if min(len(before), len(after)) < LEAST_FACES or _confirmed_on_both(before, after, faces):
            continue
        if not any(_grows(_sample(side), faces.vectors, taken) for side in sides):
            continue
        distance, limit = apart(faces.vectors[before], faces.vectors[after], faces.rule)
        if distance <= min(limit, faces.rule.distance) - CAUTION:
            continue
        if result is groups:
            result = groups.copy()
        result[min(before, after, key=len)] = fresh
        fresh += 1
    return result


def _of_any_size(faces: LinkedFaces) -> LinkedFaces:
    """Return the faces with a rule by which groups of many faces may be as far apart as those of a few."""
    return replace(faces, rule=replace(faces.rule, many=0.0))


def _may_be_one(
    groups: NDArray[np.intp], of: GroupSums, faces: LinkedFaces
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs of groups that time may join, and how much too far apart they are as wholes.

    Those that are too far apart are of one time somewhere.
    """
    total = len(of.sizes)
    taken = faces.taken if faces.taken is not None else np.full(len(groups), np.nan)
    dated = np.isfinite(taken)
    count = np.bincount(groups[dated], minlength=total)
    first, last = np.full(total, np.inf), np.full(total, -np.inf)
    np.minimum.at(first, groups[dated], taken[dated])
    np.maximum.at(last, groups[dated], taken[dated])
    pairs = GroupPairs.of(groups, faces, total)
    enough = np.minimum(count[pairs.low], count[pairs.high]) >= LEAST_FACES
    low, high = pairs.low[enough], pairs.high[enough]
    gap = np.maximum(first[low], first[high]) - np.minimum(last[low], last[high])
    span = np.maximum(last[low], last[high]) - np.minimum(first[low], first[high])
    excess = mean_distances(low, high, of) - limits(low, high, of.sizes, of.spreads, faces.rule)
    possible = (span > SAME_TIME) & ((excess <= 0) | (gap <= SAME_TIME)) & (excess <= MOST)
    low, high, excess = low[possible], high[possible], excess[possible]
    if not len(low):
        return low, high, excess
    allowed = ~faces.constraints.forbidden(low, high, groups)
    return low[allowed], high[allowed], excess[allowed]


def _members(groups: NDArray[np.intp], taken: NDArray[np.float64], total: int) -> list[NDArray[np.intp]]:
    """Return the faces with a time of each group, in the order of time."""
    order = np.lexsort((taken, groups))
    order = order[np.isfinite(taken[order])]
    starts = np.searchsorted(groups[order], np.arange(total + 1))
    return [order[start:end] for start, end in itertools.pairwise(starts)]


def _at_gap(own: NDArray[np.intp], taken: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Part faces in the order of time at their longest gap of years; return all of them if there is none."""
    gaps = np.diff(taken[own])
    if not len(gaps) or gaps.max() < GAP:
        return [own]
    at = int(gaps.argmax()) + 1
    return [own[:at], own[at:]]


def _sample(own: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return these faces, or `MOST_FACES` of them evenly over their order."""
    if len(own) <= MOST_FACES:
        return own
    return own[np.linspace(0, len(own) - 1, MOST_FACES).astype(np.intp)]


def _excess(
    one: NDArray[np.intp], other: NDArray[np.intp], faces: LinkedFaces, taken: NDArray[np.float64]
) -> float:
    """Return how much farther apart two groups are than one person, at one time; inf if time says nothing."""
    together = np.abs(taken[one][:, None] - taken[other]) <= SAME_TIME
    mine, theirs = one[together.any(axis=1)], other[together.any(axis=0)]
    if min(len(mine), len(theirs)) < LEAST_FACES or together.all():
        return np.inf
    distances = 1 - faces.vectors[one] @ faces.vectors[other].T
    near = float(distances[together].mean())
    if float(distances[~together].mean()) - near < DRIFT:
        return np.inf
    return near - (apart(faces.vectors[mine], faces.vectors[theirs], faces.rule)[1] - MARGIN)


def _grows(own: NDArray[np.intp], vectors: Vectors, taken: NDArray[np.float64]) -> bool:
    """Return whether the faces of a group, in the order of time, change with it."""
    one, other = np.triu_indices(len(own), 1)
    distances = 1 - np.einsum("ij,ij->i", vectors[own[one]], vectors[own[other]])
    together = taken[own[other]] - taken[own[one]] <= SAME_TIME
    if min(np.count_nonzero(together), np.count_nonzero(~together)) < LEAST_FACES**2:
        return False
    return bool(distances[~together].mean() - distances[together].mean() >= DRIFT)


def _confirmed_on_both(before: NDArray[np.intp], after: NDArray[np.intp], faces: LinkedFaces) -> bool:
    known = faces.constraints.known
    return bool((known[before] != UNASSIGNED).any() and (known[after] != UNASSIGNED).any())
