"""Figures of labelled pairs."""

import numpy as np
import pytest

from faces.vision.measured_pairs import MEASURED
from faces.vision.pair_statistics import BINS, FALSE_RATES, best_threshold, pair_figures, random_folds
from faces.vision.profiles import PROFILES


def pairs(spread: float, *, count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Distances around .3 for one person and .9 for two."""
    same = np.arange(count) % 2 == 0
    return np.where(same, 0.3, 0.9) + np.random.default_rng(1).normal(0, spread, count), same


def test_pairs_that_lie_apart_are_all_correct() -> None:
    distances, same = pairs(0.02)
    figures = pair_figures(distances, same, random_folds(same))
    assert figures.accuracy == 1.0
    assert figures.equal_error == 0.0
    assert figures.roc == (1.0,) * len(FALSE_RATES)
    assert 0.4 < figures.threshold < 0.8
    assert figures.pairs == 400


def test_pairs_without_a_difference_are_guessed() -> None:
    same = np.arange(400) % 2 == 0
    distances = np.random.default_rng(2).uniform(0, 1, 400)
    figures = pair_figures(distances, same, random_folds(same))
    assert 0.35 < figures.accuracy < 0.65
    assert 0.4 < figures.equal_error < 0.6
    assert figures.matches_at_1_percent < 0.1


def test_the_roc_rises_and_follows_the_rate() -> None:
    distances, same = pairs(0.25)
    figures = pair_figures(distances, same, random_folds(same))
    assert list(figures.roc) == sorted(figures.roc)
    far = np.sort(distances[~same])
    # At 1 % of 200 different pairs two may pass: the third is the limit.
    assert figures.roc[FALSE_RATES.index(0.01)] == np.mean(distances[same] < far[2])


def test_a_threshold_never_lies_between_equal_distances() -> None:
    distances = np.array([0.1, 0.5, 0.5, 0.9])
    same = np.array([True, True, False, False])
    threshold = best_threshold(distances, same)
    assert np.mean((distances <= threshold) == same) == 0.75


def test_folds_have_equal_shares_of_both_kinds() -> None:
    same = np.array([True] * 60 + [False] * 40)
    folds = random_folds(same)
    assert {int((same & (folds == fold)).sum()) for fold in range(10)} == {6}
    assert {int((~same & (folds == fold)).sum()) for fold in range(10)} == {4}


@pytest.mark.parametrize("kind", [True, False])
def test_one_kind_of_pair_has_no_figures(kind: bool) -> None:
    with pytest.raises(ValueError, match="both kinds"):
        pair_figures(np.ones(4), np.full(4, kind), np.arange(4))


def test_every_model_has_measured_figures_of_both_sets() -> None:
    assert {(row.data, row.model) for row in MEASURED} == {
        (data, model) for data in ("lfw", "orl") for model in PROFILES
    }
    for row in MEASURED:
        assert len(row.figures.same) == len(row.figures.different) == BINS
        assert len(row.figures.roc) == len(FALSE_RATES)
        assert row.figures.accuracy > 0.95
