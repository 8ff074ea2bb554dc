"""Fit a logistic curve to labelled distances (Platt scaling)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def platt_fit(distances: NDArray[np.floating], same: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and offset of the curve with the greatest likelihood of labelled pairs.

    Newton's method with step halving on Platt's regularised targets, after Lin, Lin and Weng, "A note on
    Platt's probabilistic outputs for support vector machines" (Machine Learning 68, 2007).

    Parameters
    ----------
    distances : (n,) cosine distances, 0..2
    same : (n,) True for pairs of one person; both kinds must occur

    Raises
    ------
    ValueError
        Only one kind of pair was given.
    """
    trues, falses = int(same.sum()), int((~same).sum())
    if not trues or not falses:
        raise ValueError(f"a curve needs pairs of both kinds; got {trues} of one person, {falses} of two")
    target = np.where(same, (trues + 1) / (trues + 2), 1 / (falses + 2))
    columns = np.stack([-np.asarray(distances, dtype=np.float64), np.ones(len(same))], axis=1)
    weights = np.array([0.0, np.log((trues + 1) / (falses + 1))])
    loss = _loss(columns @ weights, target)
    for _round in range(100):
        probability = _logistic(columns @ weights)
        gradient = columns.T @ (probability - target)
        if np.abs(gradient).max() < 1e-6:
            break
        curvature = (columns * (probability * (1 - probability))[:, None]).T @ columns + 1e-12 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        share = 1.0
        while (better := _loss(columns @ (weights - share * step), target)) > loss and share > 1e-10:
            share /= 2
        weights, loss = weights - share * step, better
    return float(weights[0]), float(weights[1])


def _logistic(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    # tanh does not overflow for large values.
    return np.asarray((1 + np.tanh(log_odds / 2)) / 2, dtype=np.float64)


def _loss(log_odds: NDArray[np.float64], target: NDArray[np.float64]) -> float:
    return float((np.logaddexp(0, log_odds) - target * log_odds).sum())
