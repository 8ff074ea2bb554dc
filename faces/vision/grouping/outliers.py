"""Outliers that keep two groups of one person apart.

Two faces of one photo are two people, so a single wrong face in a group forbids it to join its other half as
soon as both are in one photo. A wrong face differs from a sibling's: it is much farther from all other faces
than the face beside it in the photo, while two siblings each look like the rest of their own group.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.group_pairs import GroupSums, LinkedFaces
from faces.vision.grouping.linkage import joinable_pairs
from faces.vision.grouping.rules import UNASSIGNED, Constraints
from faces.vision.types import Vectors

LEAST_GROUP = 4
"""Least faces of the smaller group: a smaller group has no clear majority."""

MOST_SHARED = 0.25
"""Largest share of the smaller group's faces in photos with the other group: more is no accident."""

MARGIN = 0.1
"""Cosine distance by which an outlier is at least farther from all others than the face beside it."""


def join_across_outliers(groups: NDArray[np.intp], faces: LinkedFaces) -> NDArray[np.intp]:
    """Join near groups that only outliers separate, and release the outliers.

    groups : (n,) intp, the group of each face, numbered from 0. Returns (n,) intp, new groups, with each
    outlier alone; the same array if there was no outlier.
    """
    vectors, constraints = faces.vectors, faces.constraints
    of = GroupSums.of(groups, vectors)
    low, high, distance = joinable_pairs(groups, of, faces)
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
        outliers = _outliers(
            np.flatnonzero(groups == one), np.flatnonzero(groups == other), vectors, constraints
        )
        if outliers is None:
            continue
        taken |= {one, other}
        if result is groups:
            result = groups.copy()
        result[groups == other] = one
        result[outliers] = np.arange(fresh, fresh + len(outliers))
        fresh += len(outliers)
    return result


def _outliers(
    one: NDArray[np.intp], other: NDArray[np.intp], vectors: Vectors, constraints: Constraints
) -> NDArray[np.intp] | None:
    """Return the faces that must leave for two groups to be one; None if they are rather two people."""
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
    outliers = couples[np.argmax(away, axis=0), np.arange(len(shared))]
    return None if (constraints.known[outliers] != UNASSIGNED).any() else outliers
