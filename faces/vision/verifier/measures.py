"""Measures of a comparison of faces: loss, ROC, accuracy at a threshold, histogram."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score, roc_curve

from faces.vision.verifier.head import Floats, balanced

BINS = 20
CURVE_POINTS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The measures of one comparison on labelled pairs, in which both kinds of pairs weigh the same.

    loss: mean of -log(probability of the right answer). auc: area under the ROC, 0..1.
    accuracy: share of right answers at the threshold, which is a probability of 0.5, fitted on other people.
    threshold: the cosine distance that has this probability; None for a head, which has no distance.
    false_matches, false_non_matches: shares of the pairs of two people that pass, of one that do not.
    roc: points (false matches, true matches). same, different: shares of pairs by probability, equal bins.
    """

    pairs_same: int
    pairs_different: int
    loss: float
    auc: float
    accuracy: float
    threshold: float | None
    false_matches: float
    false_non_matches: float
    roc: list[tuple[float, float]]
    same: list[float]
    different: list[float]


def measures_of(log_odds: Floats, same: NDArray[np.bool_], *, threshold: float | None = None) -> Measures:
    """Return the measures of log-odds (n,) for pairs of which `same` (n,) are of one person."""
    right = np.where(same, log_odds, -log_odds)
    probabilities = (1 + np.tanh(log_odds / 2)) / 2
    false, true, _ = roc_curve(same, log_odds)
    missed, passed = float(np.mean(log_odds[same] < 0)), float(np.mean(log_odds[~same] >= 0))
    shares = [
        (np.histogram(probabilities[kind], BINS, (0, 1))[0] / kind.sum()).round(6).tolist()
        for kind in (same, ~same)
    ]
    return Measures(
        pairs_same=int(same.sum()),
        pairs_different=int((~same).sum()),
        loss=float(balanced(same) @ np.logaddexp(0, -right)),
        auc=float(roc_auc_score(same, log_odds)),
        accuracy=1 - (missed + passed) / 2,
        threshold=threshold,
        false_matches=passed,
        false_non_matches=missed,
        roc=_thinned(false, true),
        same=shares[0],
        different=shares[1],
    )


def _thinned(false: Floats, true: Floats) -> list[tuple[float, float]]:
    """Return points of the ROC at equal distances along it, its ends included."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(false), np.diff(true)))])
    shown = np.unique(np.searchsorted(way, np.linspace(0, way[-1], CURVE_POINTS)).clip(0, len(way) - 1))
    return [(round(float(false[one]), 6), round(float(true[one]), 6)) for one in shown]
