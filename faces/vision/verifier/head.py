"""The siamese head: two vectors of an embedder become the log-odds that they show the same person.

Both vectors take the same branch: the mean is subtracted, a matrix is applied, the length becomes 1. A
linear layer weighs |a - b| and a * b of the results. With the identity as the matrix and equal weights of
a * b the head is the embedder's own cosine distance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDS = 200
"""Iterations of L-BFGS at most; the heads of 40 people converge in fewer than 60."""


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """Hyperparameters of a head.

    shrinkage: 0..1. The branch divides by the scatter of the faces of one person, which is estimated from few
        faces and therefore shrunk towards a sphere; 1 leaves the vectors as they are.
    centred: whether the mean of the training faces is subtracted.
    decay: weight of the squared difference between the layer's weights and those of the cosine distance;
        None keeps them.
    """

    shrinkage: float = 1.0
    centred: bool = False
    decay: float | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """A trained head. mean: (d,). matrix: (d, d). weights: (2 * d,). bias: of the log-odds."""

    mean: Floats
    matrix: Floats
    weights: Floats
    bias: float

    def branch(self, vectors: NDArray[np.floating]) -> Floats:
        """Return vectors (n, d) after the branch that both sides share: (n, d), of length 1."""
        turned = (np.asarray(vectors, np.float64) - self.mean) @ self.matrix
        return np.asarray(turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-12))

    def log_odds(self, first: NDArray[np.floating], second: NDArray[np.floating]) -> Floats:
        """Return the log-odds (n,) of "the same person" for pairs of vectors, each (n, d)."""
        return pair_features(self.branch(first), self.branch(second)) @ self.weights + self.bias

    def rescaled(self, slope: float, offset: float) -> Head:
        """Return the head whose log-odds are slope * x + offset."""
        return replace(self, weights=self.weights * slope, bias=self.bias * slope + offset)


def pair_features(first: Floats, second: Floats) -> Floats:
    """Return |a - b| and a * b of pairs of vectors, each (n, d): (n, 2 * d), the same in either order."""
    return np.concatenate([np.abs(first - second), first * second], axis=1)


def head_fit(
    vectors: NDArray[np.floating],
    people: NDArray[np.integer],
    faces: NDArray[np.integer],
    pairs: tuple[NDArray[np.integer], NDArray[np.integer]],
    settings: HeadSettings,
) -> Head:
    """Return the head that fits some of the labelled faces best.

    vectors: (n, d). people: (n,), the person of each. faces: indices of those to learn from. pairs: indices
    of the faces of both sides, each (p,).
    """
    values = np.asarray(vectors, np.float64)
    size = values.shape[1]
    known, own = values[faces], people[faces]
    mean = known.mean(axis=0) if settings.centred else np.zeros(size)
    matrix = np.eye(size) if settings.shrinkage == 1 else _whitening(known, own, settings.shrinkage)
    head = Head(mean, matrix, np.concatenate([np.zeros(size), np.ones(size)]), 0.0)
    same = people[pairs[0]] == people[pairs[1]]
    turned = head.branch(values)
    features = pair_features(turned[pairs[0]], turned[pairs[1]])
    slope, offset = logistic_fit((features @ head.weights)[:, None], same)
    head = head.rescaled(float(slope[0]), offset)
    if settings.decay is None:
        return head
    # The features of vectors of length 1 are as small as 1 / size, so the weights are as large as size.
    weights, bias = logistic_fit(
        features * np.sqrt(size),
        same,
        start=np.append(head.weights / np.sqrt(size), head.bias),
        decay=settings.decay,
    )
    return replace(head, weights=weights * np.sqrt(size), bias=bias)


def logistic_fit(
    features: Floats, same: NDArray[np.bool_], *, start: Floats | None = None, decay: float = 0.0
) -> tuple[Floats, float]:
    """Return weights (f,) and bias of a logistic regression on features (n, f). Both kinds weigh the same.

    start: (f + 1,), the weights and the bias to begin at and to stay near. decay: the price of leaving them.
    """
    # Imported late: it takes half a second, and every process imports this module.
    from scipy.optimize import minimize  # noqa: PLC0415 - see above

    begin = np.zeros(features.shape[1] + 1) if start is None else start
    sign = np.where(same, 1.0, -1.0)
    shares = balanced(same)

    def loss(values: Floats) -> tuple[float, Floats]:
        margin = sign * (features @ values[:-1] + values[-1])
        away = values[:-1] - begin[:-1]
        # tanh does not overflow for large arguments, exp does.
        slope = -shares * sign * (1 - np.tanh(margin / 2)) / 2
        cost = float(shares @ np.logaddexp(0, -margin) + decay * away @ away)
        return cost, np.append(features.T @ slope + 2 * decay * away, slope.sum())

    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x
    return np.asarray(found[:-1]), float(found[-1])


def balanced(same: NDArray[np.bool_]) -> Floats:
    """Return the share (n,) of each pair in a mean in which both kinds count one half."""
    return np.asarray(np.where(same, 0.5 / max(same.sum(), 1), 0.5 / max((~same).sum(), 1)), np.float64)


def _whitening(values: Floats, people: NDArray[np.integer], shrinkage: float) -> Floats:
    """Return the matrix (d, d) that makes the scatter of one person's faces a sphere, as far as it may."""
    apart = np.concatenate(
        [values[people == one] - values[people == one].mean(0) for one in np.unique(people)]
    )
    scatter = apart.T @ apart / len(apart)
    size = len(scatter)
    scatter = (1 - shrinkage) * scatter + shrinkage * np.eye(size) * np.trace(scatter) / size
    spread, axes = np.linalg.eigh(scatter)
    return np.asarray(axes / np.sqrt(np.maximum(spread, 1e-12)) @ axes.T)
