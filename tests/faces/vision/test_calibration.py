"""From distances to probabilities."""

import numpy as np
import pytest

from faces.vision.calibration import CALIBRATIONS, Calibration, calibration_of
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
