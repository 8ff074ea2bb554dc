"""From distances to probabilities."""

import numpy as np
import pytest

from faces.vision.calibration import CALIBRATIONS, Calibration, calibration_of, platt_fit
from faces.vision.errors import UnknownModel
from faces.vision.weights.table import Purpose, model_named


def test_every_row_belongs_to_an_embedder_and_says_where_it_comes_from() -> None:
    for row in CALIBRATIONS:
        assert model_named(row.model).purpose is Purpose.EMBEDDER
        assert row.measured_on
        assert row.pairs >= 1_000
        assert row.error <= 0.02


@pytest.mark.parametrize("row", CALIBRATIONS, ids=lambda row: row.model)
def test_nearer_is_likelier_and_never_certain_within_what_can_be(row: Calibration) -> None:
    probabilities = row.probabilities(np.linspace(0, 1.2, 100))
    assert (np.diff(probabilities) < 0).all()
    assert probabilities[0] > 0.99
    assert probabilities[-1] < 0.01
    assert row.probability(row.threshold) == pytest.approx(0.5)


def test_one_and_many_agree_and_go_back() -> None:
    row = CALIBRATIONS[0]
    assert row.probability(0.4) == pytest.approx(row.probabilities(np.array([0.9, 0.4]))[1])
    assert row.probability(row.distance(0.97)) == pytest.approx(0.97)


def test_far_out_nothing_overflows() -> None:
    steep = Calibration("", slope=5_000, offset=2_500, pairs=0, measured_on="", error=0)
    assert steep.probabilities(np.array([0.0, 2.0])).tolist() == [1.0, 0.0]


def test_a_model_without_a_row_is_refused() -> None:
    with pytest.raises(UnknownModel, match="facenet128"):
        calibration_of("arcface")


def test_the_curve_that_made_the_pairs_is_found_again() -> None:
    rng = np.random.default_rng(1)
    distances = rng.uniform(0, 1.2, 40_000)
    same = rng.random(40_000) < 1 / (1 + np.exp(14 * distances - 8))
    slope, offset = platt_fit(distances, same)
    assert slope == pytest.approx(14, rel=0.05)
    assert offset == pytest.approx(8, rel=0.05)


def test_pairs_that_can_be_told_apart_without_a_mistake_give_a_finite_curve() -> None:
    slope, offset = platt_fit(np.array([0.1, 0.2, 0.9, 1.0]), np.array([True, True, False, False]))
    assert np.isfinite([slope, offset]).all()
    assert 0.2 < offset / slope < 0.9


@pytest.mark.parametrize("kind", [True, False])
def test_pairs_of_one_kind_only_are_refused(kind: bool) -> None:
    with pytest.raises(ValueError, match="pairs of both kinds"):
        platt_fit(np.array([0.1, 0.2]), np.array([kind, kind]))
