"""Figures of distances that tell pairs of one person from pairs of two: histogram, ROC, threshold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FOLDS = 10
BIN_WIDTH = 0.025
BINS = 60
"""Bins of the histogram, from distance 0; the last one also counts larger distances."""

FALSE_RATES = (0.0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Shares of different pairs below a distance, at which the ROC is given."""


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Figures of labelled pairs of faces.

    same, different: numbers of pairs in each bin of distance: `BINS` each.
    roc: true match rates at `FALSE_RATES`, 0..1.
    accuracy, deviation: mean and standard deviation over folds, each with the threshold of the others, 0..1.
    threshold: mean of the thresholds of the folds, a cosine distance.
    equal_error: the rate at which as many same pairs are missed as different ones pass, 0..1.
    """

    same: tuple[int, ...]
    different: tuple[int, ...]
    roc: tuple[float, ...]
    accuracy: float
    deviation: float
    threshold: float
    equal_error: float

    @property
    def pairs(self) -> int:
        """The number of pairs."""
        return sum(self.same) + sum(self.different)

    @property
    def matches_at_1_percent(self) -> float:
        """The true match rate at 1 % false ones, 0..1."""
        return self.roc[FALSE_RATES.index(0.01)]


def pair_figures(
    distances: NDArray[np.floating], same: NDArray[np.bool_], folds: NDArray[np.integer]
) -> PairFigures:
    """Return the figures of labelled pairs.

    Parameters
    ----------
    distances : (n,) cosine distances, 0..2
    same : (n,) True for pairs of one person
    folds : (n,) fold of each pair; every fold needs pairs of both kinds outside it

    Raises
    ------
    ValueError
        Only one kind of pair, or only one fold, was given.
    """
    if not same.any() or same.all() or len(np.unique(folds)) < 2:
        raise ValueError("figures need pairs of both kinds and at least two folds")
    accuracies, thresholds = [], []
    for fold in np.unique(folds):
        out = folds == fold
        threshold = best_threshold(distances[~out], same[~out])
        accuracies.append(float(np.mean((distances[out] <= threshold) == same[out])))
        thresholds.append(threshold)
    near, far = np.sort(distances[same]), np.sort(distances[~same])
    return PairFigures(
        same=histogram(distances[same]),
        different=histogram(distances[~same]),
        roc=tuple(true_rate(near, far, rate) for rate in FALSE_RATES),
        accuracy=float(np.mean(accuracies)),
        deviation=float(np.std(accuracies)),
        threshold=float(np.mean(thresholds)),
        equal_error=_equal_error(near, far),
    )


def histogram(distances: NDArray[np.floating]) -> tuple[int, ...]:
    """Return the number of distances in each bin: `BINS` numbers."""
    bins = np.clip((np.asarray(distances) / BIN_WIDTH).astype(np.intp), 0, BINS - 1)
    return tuple(int(count) for count in np.bincount(bins, minlength=BINS))


def best_threshold(distances: NDArray[np.floating], same: NDArray[np.bool_]) -> float:
    """Return the distance threshold with the most correct answers, half-way between two pairs."""
    order = np.argsort(distances, kind="stable")
    ordered = np.asarray(distances, dtype=np.float64)[order]
    right = np.concatenate([[0], np.cumsum(np.where(same[order], 1, -1))])
    edges = np.concatenate([[ordered[0] - 1e-6], ordered, [ordered[-1] + 1e-6]])
    # No threshold lies between two equal distances.
    possible = np.concatenate([[True], edges[1:-2] < edges[2:-1], [True]])
    cut = int(np.argmax(np.where(possible, right, -len(same))))
    return float((edges[cut] + edges[cut + 1]) / 2)


def true_rate(near: NDArray[np.floating], far: NDArray[np.floating], false_rate: float) -> float:
    """Return the share of same pairs at the largest distance that at most a share of different ones reach.

    near, far: sorted distances of same and of different pairs.
    """
    passed = int(false_rate * len(far) + 1e-9)
    if passed >= len(far):
        return 1.0
    return float(np.searchsorted(near, far[passed], side="left") / len(near))


def random_folds(same: NDArray[np.bool_], *, count: int = FOLDS, seed: int = 0) -> NDArray[np.intp]:
    """Return a fold (n,) for every pair, with equal shares of both kinds in each."""
    folds = np.zeros(len(same), dtype=np.intp)
    rng = np.random.default_rng(seed)
    for kind in (True, False):
        where = np.flatnonzero(same == kind)
        folds[rng.permutation(where)] = np.arange(len(where)) % count
    return folds


def _equal_error(near: NDArray[np.floating], far: NDArray[np.floating]) -> float:
    steps = np.sort(np.concatenate([near, far]))
    missed = 1 - np.searchsorted(near, steps, side="right") / len(near)
    passed = np.searchsorted(far, steps, side="right") / len(far)
    at = int(np.argmin(np.abs(missed - passed)))
    return float((missed[at] + passed[at]) / 2)
