"""From the cosine distance of two faces to the probability that they are the same person.

Platt, "Probabilistic Outputs for Support Vector Machines" (Advances in Large Margin Classifiers, 1999): a
logistic curve whose two parameters belong to one model. They are fitted by benchmarks/calibration.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.vision.errors import UnknownModel


@dataclass(frozen=True, slots=True)
class Calibration:
    """How sure a distance of one model makes us.

    slope, offset: the log-odds of "the same person" at a cosine distance d (0..2) are offset - slope * d.
    pairs, measured_on: how many labelled pairs the curve was fitted on, as many true as false, and which.
    error: expected calibration error, 15 bins, each fifth of the pairs judged by a curve of the others.
    """

    model: str
    slope: float
    offset: float
    pairs: int
    measured_on: str
    error: float

    @property
    def threshold(self) -> float:
        """The distance at which both answers are equally likely."""
        return self.offset / self.slope

    def probability(self, distance: float) -> float:
        """That two faces at this cosine distance are the same person, 0..1."""
        return float(self.probabilities(np.array([distance]))[0])

    def probabilities(self, distances: NDArray[np.floating]) -> NDArray[np.float64]:
        """The same for many: (n,) cosine distances, (n,) probabilities."""
        return _logistic(self.offset - self.slope * np.asarray(distances, dtype=np.float64))

    def distance(self, probability: float) -> float:
        """The distance at which a probability (0..1, both excluded) is reached: `probability` backwards."""
        return float((self.offset - np.log(probability / (1 - probability))) / self.slope)


CALIBRATIONS: tuple[Calibration, ...] = (
    Calibration(
        "facenet128",
        slope=19.683,
        offset=11.785,
        pairs=3000,
        measured_on="lfw/pairs.csv, retinaface_mobilenet",
        error=0.0059,
    ),
    Calibration(
        "sface128",
        slope=25.609,
        offset=16.497,
        pairs=3000,
        measured_on="lfw/pairs.csv, retinaface_mobilenet",
        error=0.0062,
    ),
)
"""One row a model. The same number of true and false pairs went in, so 50 % is where neither is likelier
before anything else is known."""


def calibration_of(model: str) -> Calibration:
    """The row of a model. Raises UnknownModel: a distance of one model says nothing about another's."""
    for row in CALIBRATIONS:
        if row.model == model:
            return row
    raise UnknownModel(model, [row.model for row in CALIBRATIONS])


def _logistic(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    # Through tanh, which does not overflow far out.
    return np.asarray((1 + np.tanh(log_odds / 2)) / 2, dtype=np.float64)
