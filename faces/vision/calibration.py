"""Calibration: the probability that two faces at a cosine distance are the same person.

Platt, "Probabilistic Outputs for Support Vector Machines" (Advances in Large Margin Classifiers, 1999): a
logistic curve whose two parameters belong to one model. They are fitted by benchmarks/calibration.py.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibration of one embedder.

    slope, offset: the log-odds of "the same person" at a cosine distance d (0..2) are offset - slope * d.
    pairs, measured_on: labelled pairs that the curve was fitted on, half of them true, and their set.
        With equal halves, 50 % is where neither answer is likelier before anything else is known.
    error: expected calibration error over 15 bins, in 5-fold cross-validation.
    """

    slope: float
    offset: float
    pairs: int
    measured_on: str
    error: float

    @property
    def threshold(self) -> float:
        """The cosine distance at which both answers are equally likely."""
        return self.offset / self.slope

    def probability(self, distance: float) -> float:
        """Return the probability, 0..1, that two faces at this cosine distance are the same person."""
        return float(self.probabilities(np.array([distance]))[0])

    def probabilities(self, distances: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return probabilities (n,) for cosine distances (n,)."""
        return _logistic(self.offset - self.slope * np.asarray(distances, dtype=np.float64))

    def distance(self, probability: float) -> float:
        """Return the cosine distance at which a probability (0..1, both excluded) is reached."""
        return float((self.offset - np.log(probability / (1 - probability))) / self.slope)


def _logistic(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    # tanh does not overflow for large arguments, exp does.
    return np.asarray((1 + np.tanh(log_odds / 2)) / 2, dtype=np.float64)
