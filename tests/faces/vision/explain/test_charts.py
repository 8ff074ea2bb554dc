"""Charts as SVG: well-formed, escaped, and with the given values at their places."""

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring

from faces.vision.explain.charts import HEIGHT, WIDTH, Axis, Series, chart, steps
from faces.vision.explain.pair_charts import ENGLISH, histogram_chart, roc_chart
from faces.vision.pair_statistics import pair_figures, random_folds

ACROSS = Axis(0, 10, [(0, "0"), (10, "10")], "across")
UPWARD = Axis(0, 1, [(0, "0%"), (1, "100%")], "upward")


def test_points_lie_at_their_places_and_those_outside_at_the_edge() -> None:
    svg = fromstring(chart(ACROSS, UPWARD, [Series("one", [(0, 0), (10, 1), (99, -5)])], title="t"))
    line = svg.find("polyline")
    assert line is not None
    places = [tuple(map(float, place.split(","))) for place in line.attrib["points"].split()]
    (left, bottom), (right, top), beyond = places
    assert 0 < left < right < WIDTH
    assert 0 < top < bottom < HEIGHT
    assert beyond == (right, bottom)


def test_texts_are_escaped_and_only_files_have_styles() -> None:
    series = [Series("<b>&", [(0, 0)])]
    in_page = chart(ACROSS, UPWARD, series, title="<script>")
    assert "<script>" not in in_page
    assert "<b>" not in in_page
    assert "<style" not in in_page
    as_file = chart(ACROSS, UPWARD, series, title="t", as_file=True)
    assert fromstring(as_file).tag == "{http://www.w3.org/2000/svg}svg"


def test_a_histogram_has_a_step_for_each_bin() -> None:
    assert steps([2, 5], 0.5) == [(0, 0), (0, 2), (0.5, 2), (0.5, 5), (1.0, 5), (1.0, 0)]


def test_the_charts_of_pairs_are_well_formed() -> None:
    rng = np.random.default_rng(0)
    same = np.arange(200) % 2 == 0
    figures = pair_figures(np.where(same, 0.3, 0.9) + rng.normal(0, 0.1, 200), same, random_folds(same))
    histogram = fromstring(histogram_chart(figures, ENGLISH, threshold=0.6))
    assert len(histogram.findall("polygon")) == 2
    assert "threshold 0.600" in [text.text for text in histogram.findall("text")]
    roc = fromstring(roc_chart([("a", figures), ("b", figures)], ENGLISH))
    assert len(roc.findall("polyline")) == 2


@pytest.mark.parametrize("rate", [1.0, 0.5])
def test_a_perfect_or_a_poor_curve_is_drawn(rate: float) -> None:
    same = np.array([True, False] * 20)
    distances = np.where(same, 0.2, 0.9) if rate == 1.0 else np.full(40, 0.5)
    roc = roc_chart([("a", pair_figures(distances, same, random_folds(same)))], ENGLISH)
    assert fromstring(roc).find("polyline") is not None
