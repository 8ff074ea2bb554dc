"""The measures of a verifier as SVG pictures: the ROC and the histogram, each beside the distance's."""

from collections.abc import Iterable, Sequence

import numpy as np

from faces.vision.verifier.measures import Measures

WIDTH, HEIGHT, MARGIN = 480, 360, 48
COLOURS = ("#1f5fa8", "#b3541e")
"""Of the verifier (or of pairs of one person) and of the distance (or of two people); 4.5:1 on white."""


def roc_svg(verifier: Measures, distance: Measures, *, names: tuple[str, str]) -> str:
    """Return the ROC of both as a picture: false matches, from 0 to 0.2, across, and true matches upwards."""
    widest = 0.2
    lines = []
    for measures, colour in zip((verifier, distance), COLOURS, strict=True):
        points = [(false / widest, true) for false, true in measures.roc if false < widest]
        false_matches, true_matches = np.array(measures.roc).T
        points.append((1.0, float(np.interp(widest, false_matches, true_matches))))
        lines.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{_points(points)}"/>')
    legend = [f"{name}: AUC {one.auc:.4f}" for name, one in zip(names, (verifier, distance), strict=True)]
    return _chart(lines, legend, across="false matches", upwards="true matches", end=widest)


def histogram_svg(verifier: Measures) -> str:
    """Return the shares of pairs by probability, of one person and of two."""
    count = len(verifier.same)
    highest = max(*verifier.same, *verifier.different)
    steps = []
    for shares, colour in zip((verifier.same, verifier.different), COLOURS, strict=True):
        points = [
            (edge / count, share / highest)
            for index, share in enumerate(shares)
            for edge in (index, index + 1)
        ]
        outline = _points([(0.0, 0.0), *points, (1.0, 0.0)])
        steps.append(f'<polygon fill="{colour}" fill-opacity="0.35" stroke="{colour}" points="{outline}"/>')
    return _chart(
        steps, ["pairs of one person", "pairs of two people"], across="probability", upwards="pairs"
    )


def _points(points: Iterable[tuple[float, float]]) -> str:
    """Return points of the unit square as pixels."""
    across, down = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    return " ".join(f"{MARGIN + x * across:.1f},{HEIGHT - MARGIN - y * down:.1f}" for x, y in points)


def _chart(
    shapes: Sequence[str], legend: Sequence[str], *, across: str, upwards: str, end: float = 1.0
) -> str:
    base, right, middle = HEIGHT - MARGIN, WIDTH - MARGIN, WIDTH // 2
    keys = [
        f'<text x="{middle}" y="{HEIGHT // 2 + 18 * row}" text-anchor="middle" fill="{colour}">{text}</text>'
        for row, (text, colour) in enumerate(zip(legend, COLOURS, strict=True))
    ]
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="sans-serif" font-size="13">'
    )
    lines = [
        opening,
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<path d="M{MARGIN} {MARGIN}V{base}H{right}" fill="none" stroke="#444"/>',
        *shapes,
        *keys,
        f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">{across}</text>',
        f'<text x="{MARGIN}" y="{MARGIN - 14}" text-anchor="start">{upwards}</text>',
        f'<text x="{MARGIN}" y="{base + 16}">0</text>',
        f'<text x="{right}" y="{base + 16}" text-anchor="end">{end:g}</text>',
        "</svg>\n",
    ]
    return "\n".join(lines)
