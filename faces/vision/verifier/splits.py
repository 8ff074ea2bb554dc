"""The split of a folder's people into those to train on, to choose by and to test with, and their pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Pairs = tuple[Ints, Ints]

LEAST_PEOPLE = 10
"""With fewer people, two of them would be the whole validation and test."""
SHARES = (0.6, 0.2)
"""Of the people to train on and to choose by; the others are for the test."""
DIFFERENT_PER_SAME = 5
"""Pairs of two people for each pair of one person in training: more cost time and change nothing."""


@dataclass(frozen=True, slots=True)
class Split:
    """Indices of faces. No person is in two parts."""

    train: Ints
    validation: Ints
    test: Ints


def people_split(people: NDArray[np.integer], *, seed: int) -> Split:
    """Split faces (n,), given by their person: no person is in two parts. Deterministic for a seed."""
    order = np.random.default_rng(seed).permutation(np.unique(people))
    first = max(2, round(SHARES[0] * len(order)))
    second = first + max(2, round(SHARES[1] * len(order)))
    parts = np.split(order, [first, second])
    return Split(*(np.flatnonzero(np.isin(people, part)) for part in parts))


def people_counts(people: NDArray[np.integer], split: Split) -> tuple[int, int, int]:
    """Return the numbers of people to train on, to choose by and to test with."""
    train, choose, test = (
        len(np.unique(people[part])) for part in (split.train, split.validation, split.test)
    )
    return train, choose, test


def pairs_all(faces: Ints) -> Pairs:
    """Return all pairs of these faces."""
    first, second = np.triu_indices(len(faces), 1)
    return faces[first], faces[second]


def pairs_sampled(faces: Ints, people: NDArray[np.integer], *, seed: int) -> Pairs:
    """Return all pairs of one person among these faces, and a sample of the others."""
    first, second = pairs_all(faces)
    same = people[first] == people[second]
    others = np.flatnonzero(~same)
    rng = np.random.default_rng(seed)
    count = min(len(others), DIFFERENT_PER_SAME * int(same.sum()))
    sample = np.concatenate([np.flatnonzero(same), rng.choice(others, count, replace=False)])
    return first[sample], second[sample]
