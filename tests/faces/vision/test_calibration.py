"""From distances to probabilities."""

import numpy as np
import pytest

from faces.vision.calibration import Calibration
from faces.vision.profiles import FACENET128, PROFILES, EmbedderProfile


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_nearer_is_likelier_and_never_certain(profile: EmbedderProfile) -> None:
    row = profile.calibration
    probabilities = row.probabilities(np.linspace(0, 1.2, 100))
    assert (np.diff(probabilities) < 0).all()
    assert probabilities[0] > 0.99
    assert probabilities[-1] < 0.01
    assert row.probability(row.threshold) == pytest.approx(0.5)


def test_one_and_many_agree_and_go_back() -> None:
    row = FACENET128.calibration
    assert row.probability(0.4) == pytest.approx(row.probabilities(np.array([0.9, 0.4]))[1])
    assert row.probability(row.distance(0.97)) == pytest.approx(0.97)


def test_far_out_nothing_overflows() -> None:
    steep = Calibration(slope=5_000, offset=2_500, pairs=0, measured_on="", error=0)
    assert steep.probabilities(np.array([0.0, 2.0])).tolist() == [1.0, 0.0]
