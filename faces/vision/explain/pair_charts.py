"""Charts of pairs of faces: the histogram of distances, and the ROC."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from faces.vision.explain.charts import Axis, Series, chart, steps
from faces.vision.pair_statistics import BIN_WIDTH, BINS, FALSE_RATES, PairFigures

LEAST_FALSE_RATE = 0.0005
"""The left end of the ROC's logarithmic scale."""

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
"""Distances between the ticks of shares, of which the smallest with at most six ticks is used."""


@dataclass(frozen=True, slots=True)
class PairChartTexts:
    """The texts of both charts, in the language of the reader."""

    histogram: str
    same: str
    different: str
    distance: str
    share: str
    threshold: str
    roc: str
    false_rate: str
    true_rate: str


ENGLISH = PairChartTexts(
    histogram="Distances of pairs of faces",
    same="same person",
    different="different people",
    distance="distance",
    share="share of pairs",
    threshold="threshold",
    roc="True matches by false matches",
    false_rate="different people taken for the same (false matches)",
    true_rate="same person recognised",
)


def histogram_chart(
    figures: PairFigures, texts: PairChartTexts, *, threshold: float, as_file: bool = False
) -> str:
    """Return the histogram of the distances as SVG, both kinds of pairs as shares of their number."""
    shares = [
        [count / max(sum(counts), 1) for count in counts] for counts in (figures.same, figures.different)
    ]
    # Room for the key above the highest bin.
    top = max(max(part) for part in shares) * 1.25 or 1.0
    step = next((one for one in STEPS if top / one <= 6), 1.0)
    return chart(
        Axis(0, BINS * BIN_WIDTH, [(tick / 4, f"{tick / 4:.2f}") for tick in range(7)], texts.distance),
        Axis(
            0, top, [(step * tick, _percent(step * tick)) for tick in range(int(top / step) + 1)], texts.share
        ),
        [
            Series(texts.same, steps(shares[0], BIN_WIDTH), is_area=True),
            Series(texts.different, steps(shares[1], BIN_WIDTH), is_area=True),
        ],
        title=texts.histogram,
        mark=(threshold, f"{texts.threshold} {threshold:.3f}"),
        as_file=as_file,
    )


def roc_chart(
    named: Sequence[tuple[str, PairFigures]], texts: PairChartTexts, *, as_file: bool = False
) -> str:
    """Return the ROCs of several sets of pairs as SVG, with a logarithmic scale of false matches."""
    low = min(rate for _name, figures in named for rate in figures.roc[1:])
    bottom = min(0.9, math.floor(low * 10) / 10)
    ticks = [bottom + (1 - bottom) * part / 4 for part in range(5)]
    return chart(
        Axis(
            math.log10(LEAST_FALSE_RATE),
            0,
            [(math.log10(rate), _percent(rate)) for rate in (0.001, 0.01, 0.1, 1.0)],
            texts.false_rate,
        ),
        Axis(bottom, 1 + (1 - bottom) * 0.12, [(tick, _percent(tick)) for tick in ticks], texts.true_rate),
        [
            Series(
                name,
                [
                    (math.log10(rate), share)
                    for rate, share in zip(FALSE_RATES, figures.roc, strict=True)
                    if rate >= LEAST_FALSE_RATE
                ],
            )
            for name, figures in named
        ],
        title=texts.roc,
        as_file=as_file,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"
