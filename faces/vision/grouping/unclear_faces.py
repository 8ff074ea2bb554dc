"""Unclear faces that were left alone: each joins the group that it resembles by far the most.

The vector of a blurred, small or dark face is drawn towards those of all other such faces, so it is far from
each face of its person. It is still nearer to the mean of that person's faces, whose errors differ, than to
any other mean. A stranger's is about as far from several. A clear face of the person would be nearer.
"""

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.rules import UNASSIGNED, Constraints, JoinRule, incidence
from faces.vision.types import Vectors

UNCLEAR = 0.95
"""Clarity below which a face is unclear: a twentieth of LFW's faces, and a fifth of those of hard albums."""

MARGIN = 0.1
"""Cosine distance by which the mean of the group is at least nearer than the next one."""

LEAST_GROUP = 3
"""Least faces of the group: the mean of fewer is as uncertain as a face."""

FACES_AT_ONCE = 512
"""Faces that are compared with all groups at a time: 40 MB for 20,000 groups."""


def join_unclear(
    labels: NDArray[np.int64],
    vectors: Vectors,
    *,
    clarity: NDArray[np.float32],
    constraints: Constraints,
    rule: JoinRule,
) -> NDArray[np.int64]:
    """Return the labels (n,) with those of unclear faces that join a group.

    Parameters
    ----------
    labels : (n,) int64
        The group of each face, numbered from 0, or -1: only these may join one.
    vectors : (n, dimensions) float32
        Rows of length 1.
    clarity : (n,) float32, 0..1
    """
    members = np.flatnonzero(labels != UNASSIGNED)
    unclear = (labels == UNASSIGNED) & (constraints.known == UNASSIGNED) & (clarity < UNCLEAR)
    faces = np.flatnonzero(unclear)
    if not len(members) or not len(faces):
        return labels
    total = int(labels.max()) + 1
    sums = incidence(labels[members], np.arange(len(members)), shape=(total, len(members))) @ vectors[members]
    means = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    large = np.bincount(labels[members], minlength=total) >= LEAST_GROUP
    photos = incidence(
        labels[members], constraints.photos[members], shape=(total, int(constraints.photos.max()) + 1)
    ).T.tocsr()
    refused = _refused_groups(labels, constraints)
    joined = labels.copy()
    best, nearness = np.zeros(len(faces), dtype=np.int64), np.full(len(faces), -np.inf)
    for start in range(0, len(faces), FACES_AT_ONCE):
        block = faces[start : start + FACES_AT_ONCE]
        similarity = vectors[block] @ means.T
        allowed = large & (photos[constraints.photos[block]].toarray() == 0)
        for row, face in enumerate(block.tolist()):
            allowed[row, refused.get(face, [])] = False
        nearest = np.where(allowed, similarity, -np.inf).argmax(axis=1)
        rows = np.arange(len(block))
        own = np.where(allowed[rows, nearest], similarity[rows, nearest], -np.inf)
        # Of all others, also of those that it may not join: it may be one of theirs.
        similarity[rows, nearest] = -np.inf
        clear = (own >= 1 - rule.unclear) & (own - similarity.max(axis=1) >= MARGIN)
        best[start : start + len(block)] = nearest
        nearness[start : start + len(block)] = np.where(clear, own, -np.inf)
    taken: set[tuple[int, int]] = set()
    for index in np.argsort(-nearness, kind="stable")[: np.isfinite(nearness).sum()].tolist():
        place = int(best[index]), int(constraints.photos[faces[index]])
        if place not in taken:
            taken.add(place)
            joined[faces[index]] = best[index]
    return joined


def _refused_groups(labels: NDArray[np.int64], constraints: Constraints) -> dict[int, list[int]]:
    """Return the groups that a face must not join, since they hold a face of a person it was rejected for."""
    groups: dict[int, list[int]] = {}
    for face, person in constraints.refused.tolist():
        of_person = labels[constraints.known == person]
        groups.setdefault(face, []).extend(of_person[of_person != UNASSIGNED].tolist())
    return groups
