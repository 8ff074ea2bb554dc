"""Albums of vectors whose people are known."""

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.rules import UNASSIGNED, JoinRule

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


FLAT = JoinRule(distance=0.52, few=0.0, many=0.0, trust=0.0)
"""One limit for all pairs of groups: plain average linkage, which others can compute."""


def unit(rows: NDArray[np.float64]) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def album(
    people: int, each: int, *, scatter: float = 0.5, dimensions: int = 64, seed: int = 0
) -> tuple[Floats, Ints]:
    """Faces of so many people in any order, and who they are. Scatter .5 puts a person's faces .2 apart."""
    rng = np.random.default_rng(seed)
    who = rng.permutation(np.repeat(np.arange(people), each))
    directions = unit(rng.normal(size=(people, dimensions)))
    return unit(directions[who] + scatter * unit(rng.normal(size=(len(who), dimensions)))), who


def two_groups(one: int, other: int, *, distance: float) -> Floats:
    """Faces of two groups, exactly `distance` from each other and .3 from those of their own group."""
    own = 0.7
    axes = np.eye(one + other + 2)
    likeness = (1 - distance) / own
    centres = axes[0], likeness * axes[0] + np.sqrt(1 - likeness**2) * axes[1]
    rows = np.concatenate([np.tile(centres[0], (one, 1)), np.tile(centres[1], (other, 1))])
    return unit(np.sqrt(own) * rows + np.sqrt(1 - own) * axes[2:])


def apart(count: int) -> Ints:
    """Each face in a photo of its own."""
    return np.arange(count, dtype=np.int64)


def parts(labels: Ints) -> set[frozenset[int]]:
    """Return the groups as sets of faces; an unassigned face is a set of its own."""
    groups: dict[int, set[int]] = {}
    for index, label in enumerate(labels.tolist()):
        groups.setdefault(label if label != UNASSIGNED else -2 - index, set()).add(index)
    return {frozenset(group) for group in groups.values()}


def together_in_a_photo(labels: Ints, photos: Ints) -> list[tuple[int, int]]:
    """Pairs (group, photo) with two faces."""
    seen = [(g, p) for g, p in zip(labels.tolist(), photos.tolist(), strict=True) if g != UNASSIGNED]
    return sorted({pair for pair in seen if seen.count(pair) > 1})
