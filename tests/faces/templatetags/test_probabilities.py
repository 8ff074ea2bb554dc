"""Probabilities as people read them."""

import pytest

from faces.templatetags.probabilities import level, percent


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.0, "under 1%"), (0.012, "1%"), (0.5, "50%"), (0.974, "97%"), (1.0, "over 99%")],
)
def test_whole_percents_and_never_a_certainty(probability: float, words: str) -> None:
    assert percent(probability) == words


def test_levels_follow_the_probability() -> None:
    assert [level(value) for value in (0.95, 0.6, 0.2, 0.05)] == [
        "very-likely",
        "likely",
        "perhaps",
        "unlikely",
    ]
