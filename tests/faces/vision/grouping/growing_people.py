"""Draw the faces of people who change with the years."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.vision.types import Vectors

DIMENSIONS = 128
SAME_TIME_DISTANCE = 0.38
"""Mean cosine distance of two faces of a person at one time, as of FaceNet in a family's photos."""
STEPS = 4
"""Steps of the walk in a year."""


@dataclass(frozen=True, slots=True)
class GrowingPeople:
    """vectors: (n, 128) float32 of length 1. who: (n,) the person. taken: (n,) the time in years."""

    vectors: Vectors
    who: NDArray[np.int64]
    taken: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """BCubed recall, and the share of faces that are of the most frequent person of their group."""

    recall: float
    purity: float


def grown_people(
    seed: int,
    *,
    drift: float,
    people: int = 6,
    years: int = 12,
    photos: int = 60,
    away: float = 0.0,
    away_from_first: float = 0.0,
) -> GrowingPeople:
    """Draw people whose faces move away from themselves by about `drift` of cosine distance a year.

    away: how far everybody is from who they would be with the same seed (0..1). away_from_first: how far the
    others start from the first person, if they are like it.
    """
    rng = np.random.default_rng(seed)
    other = np.random.default_rng([seed, 1])
    keep = np.exp(-drift / (1 - SAME_TIME_DISTANCE) / STEPS)
    vectors, taken = [], []
    first: NDArray[np.float64] | None = None
    for _person in range(people):
        start = _unit(rng)
        if first is not None and away_from_first:
            start = _mixed(first, start, away_from_first)
        first = start if first is None else first
        walk = [start]
        for _step in range(years * STEPS):
            walk.append(_mixed(walk[-1], _unit(rng), 1 - keep**2))
        centres = np.asarray([_mixed(one, _unit(other), away) if away else one for one in walk])
        times = np.sort(rng.uniform(0, years, photos))
        vectors += [_mixed(centres[int(time * STEPS)], _unit(rng), SAME_TIME_DISTANCE) for time in times]
        taken.append(times)
    return GrowingPeople(
        np.asarray(vectors, dtype=np.float32), np.repeat(np.arange(people), photos), np.concatenate(taken)
    )


def siblings(seed: int, away: float) -> GrowingPeople:
    """A child from 0 to 4 years, and one who looks like it at the same age but is six years younger."""
    child, other = (
        grown_people(seed, drift=0.06, people=1, years=4, photos=40, away=distance) for distance in (0, away)
    )
    return GrowingPeople(
        np.concatenate([child.vectors, other.vectors]),
        np.repeat([0, 1], 40),
        np.concatenate([child.taken, other.taken + 6]),
    )


def accuracy(labels: NDArray[np.int64], who: NDArray[np.int64]) -> Accuracy:
    """Compare groups with people; a face without a group is a group of its own."""
    groups = np.where(labels < 0, labels.max() + 1 + np.arange(len(labels)), labels)
    table = np.zeros((int(groups.max()) + 1, int(who.max()) + 1))
    np.add.at(table, (groups, who), 1)
    recall = (table**2 / np.maximum(table.sum(axis=0), 1)).sum() / len(who)
    return Accuracy(float(recall), float(table.max(axis=1).sum() / len(who)))


def _unit(rng: np.random.Generator) -> NDArray[np.float64]:
    drawn = rng.normal(size=DIMENSIONS)
    return np.asarray(drawn / np.linalg.norm(drawn))


def _mixed(one: NDArray[np.float64], other: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return a unit vector whose square is of `other` to this share."""
    mixed = np.sqrt(1 - share) * one + np.sqrt(share) * (other - (other @ one) * one)
    return np.asarray(mixed / np.linalg.norm(mixed))
