"""Training of a verifier: split by person, search for hyperparameters, test beside the distance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.vision.verifier.head import Head, HeadSettings, head_fit, logistic_fit
from faces.vision.verifier.measures import Measures, measures_of
from faces.vision.verifier.splits import Split, pairs_all, pairs_sampled, people_counts, people_split

GRID = tuple(
    HeadSettings(shrinkage, centred, decay)
    for shrinkage in (1.0, 0.9, 0.8, 0.65, 0.5)
    for centred in (False, True)
    for decay in (None, 0.03, 0.01)
)
"""The hyperparameters that are tried. The first is the cosine distance itself."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One set of hyperparameters and its measures on the people to choose by."""

    settings: HeadSettings
    loss: float
    auc: float


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained head with its test on people whom it has not seen.

    trials: in the order of the search. verifier, distance: the test of the head and of the embedder's own
    cosine distance, both calibrated on the people to choose by. people: their numbers in the three parts.
    """

    head: Head
    settings: HeadSettings
    trials: list[Trial]
    verifier: Measures
    distance: Measures
    people: tuple[int, int, int]


def train(
    vectors: NDArray[np.floating],
    people: NDArray[np.integer],
    *,
    seed: int = 0,
    on_trial: Callable[[], object] = lambda: None,
) -> Trained:
    """Train a head on labelled faces.

    vectors: (n, d), of length 1. people: (n,), at least `LEAST_PEOPLE` with two faces or more each. on_trial
    is called after each of `GRID`. Deterministic for a seed.
    """
    split = people_split(people, seed=seed)
    pairs = pairs_sampled(split.train, people, seed=seed)
    trials, heads = [], []
    for settings in GRID:
        head = head_fit(vectors, people, split.train, pairs, settings)
        head, loss, auc = _calibrated(head, vectors, people, split)
        trials.append(Trial(settings, loss, auc))
        heads.append(head)
        on_trial()
    best = min(range(len(trials)), key=lambda index: trials[index].loss)
    return Trained(
        head=heads[best],
        settings=trials[best].settings,
        trials=trials,
        verifier=_tested(heads[best], vectors, people, split),
        distance=_tested(heads[0], vectors, people, split, as_distance=True),
        people=people_counts(people, split),
    )


def _calibrated(
    head: Head, vectors: NDArray[np.floating], people: NDArray[np.integer], split: Split
) -> tuple[Head, float, float]:
    """Return the head calibrated on the people to choose by (Platt), with its loss and AUC there."""
    first, second = pairs_all(split.validation)
    same = people[first] == people[second]
    log_odds = head.log_odds(vectors[first], vectors[second])
    slope, offset = logistic_fit(log_odds[:, None], same)
    measured = measures_of(log_odds * slope[0] + offset, same)
    return head.rescaled(float(slope[0]), offset), measured.loss, measured.auc


def _tested(
    head: Head,
    vectors: NDArray[np.floating],
    people: NDArray[np.integer],
    split: Split,
    *,
    as_distance: bool = False,
) -> Measures:
    first, second = pairs_all(split.test)
    same = people[first] == people[second]
    # The log-odds of the cosine distance are bias + weight * (1 - distance).
    threshold = 1 + head.bias / float(head.weights[-1]) if as_distance else None
    return measures_of(head.log_odds(vectors[first], vectors[second]), same, threshold=threshold)
