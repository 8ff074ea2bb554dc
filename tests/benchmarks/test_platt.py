"""Platt scaling: the fit of a logistic curve to labelled distances."""

import numpy as np
import pytest

from benchmarks.platt import platt_fit


def test_the_curve_behind_the_pairs_is_recovered() -> None:
    rng = np.random.default_rng(1)
    distances = rng.uniform(0, 1.2, 40_000)
    same = rng.random(40_000) < 1 / (1 + np.exp(14 * distances - 8))
    slope, offset = platt_fit(distances, same)
    assert slope == pytest.approx(14, rel=0.05)
    assert offset == pytest.approx(8, rel=0.05)


def test_separable_pairs_give_a_finite_curve() -> None:
    slope, offset = platt_fit(np.array([0.1, 0.2, 0.9, 1.0]), np.array([True, True, False, False]))
    assert np.isfinite([slope, offset]).all()
    assert 0.2 < offset / slope < 0.9


@pytest.mark.parametrize("kind", [True, False])
def test_pairs_of_one_kind_are_rejected(kind: bool) -> None:
    with pytest.raises(ValueError, match="pairs of both kinds"):
        platt_fit(np.array([0.1, 0.2]), np.array([kind, kind]))
