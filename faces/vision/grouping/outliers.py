"""Faces that keep two groups of one person apart, though it is they who are wrong.

Two faces of one photo are two people, so a single stranger in a group forbids it to join its other half as
soon as both were in one photo. The stranger can be told from a brother: who is wrong is much farther from
all the others than the one he is in the photo with; two brothers each look like the rest of their group.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.linkage import UNASSIGNED, Constraints, GroupSums, JoinRule, joinable_pairs
from faces.vision.types import Vectors

LEAST_GROUP = 4
"""Faces of the smaller group: of fewer none is enough in the majority to say who does not belong."""

MOST_SHARED = 0.25
"""Share of the smaller group's faces that may be in photos with the other: more is no accident."""

MARGIN = 0.1
"""How much farther, in cosine distance, the intruder is from all the others than the face beside it."""


def without_intruders(
    groups: NDArray[np.intp],
    vectors: Vectors,
    neighbours: NDArray[np.int64],
    *,
    constraints: Constraints,
    rule: JoinRule,
) -> NDArray[np.intp]:
    """Put groups together that are near and kept apart by intruders only, and let the intruders go.

    Parameters
    ----------
    groups : (n,) intp, the group of each face, numbered from 0. The others as for `join_groups`.

    Returns
    -------
    (n,) intp, new groups, numbered as they come: each intruder alone. The same array when there was none.
    """
    of = GroupSums.of(groups, vectors)
    low, high, distance = joinable_pairs(groups, neighbours, of, rule)
    large = (of.sizes[low] >= LEAST_GROUP) & (of.sizes[high] >= LEAST_GROUP)
    by_photos = replace(
        constraints,
        known=np.full_like(constraints.known, UNASSIGNED),
        refused=np.zeros((0, 2), dtype=np.int64),
    )
    by_facts = replace(constraints, photos=np.arange(len(groups)))
    low, high, distance = low[large], high[large], distance[large]
    apart = by_photos.forbidden(low, high, groups) & ~by_facts.forbidden(low, high, groups)
    result = groups
    taken: set[int] = set()
    fresh = len(of.sizes)
    for pair in np.flatnonzero(apart)[np.argsort(distance[apart], kind="stable")].tolist():
        one, other = int(low[pair]), int(high[pair])
        if one in taken or other in taken:
            continue
        strangers = _intruders(
            np.flatnonzero(groups == one), np.flatnonzero(groups == other), vectors, constraints
        )
        if strangers is None:
            continue
        taken |= {one, other}
        if result is groups:
            result = groups.copy()
        result[groups == other] = one
        result[strangers] = np.arange(fresh, fresh + len(strangers))
        fresh += len(strangers)
    return result


def _intruders(
    one: NDArray[np.intp], other: NDArray[np.intp], vectors: Vectors, constraints: Constraints
) -> NDArray[np.intp] | None:
    """The faces that must go for two groups to be one; None when they are rather two people."""
    shared, first, second = np.intersect1d(
        constraints.photos[one], constraints.photos[other], assume_unique=True, return_indices=True
    )
    if len(shared) > MOST_SHARED * min(len(one), len(other)):
        return None
    couples = np.stack([one[first], other[second]])
    everyone = np.concatenate([one, other])
    rest = vectors[np.setdiff1d(everyone, couples)].mean(axis=0)
    away = 1 - vectors[couples] @ rest
    if (np.abs(away[0] - away[1]) < MARGIN).any():
        return None
    strangers = couples[np.argmax(away, axis=0), np.arange(len(shared))]
    return None if (constraints.known[strangers] != UNASSIGNED).any() else strangers
