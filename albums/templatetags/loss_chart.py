"""The losses of an optimisation as a chart."""

import math
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 10, 10, 26
LEAST = 1e-3
"""Smaller losses, such as that of the content at the beginning, are drawn at the lower edge."""

SERIES = (
    ("total", gettext_lazy("Total")),
    ("content", gettext_lazy("Content")),
    ("style", gettext_lazy("Style")),
    ("smoothness", gettext_lazy("Smoothness")),
)
_COLUMNS = {"content": 0, "style": 1, "smoothness": 2, "total": 3}


@register.inclusion_tag("studio/_loss_chart.html")
def loss_chart(result: dict[str, Any] | None) -> dict[str, Any]:
    """Draw the losses in the result of a job; nothing before there are two iterations."""
    result = result or {}
    losses: Sequence[Sequence[float]] = result.get("losses") or []
    if len(losses) < 2:
        return {"chart": ""}
    legend = [(name, label, losses[-1][_COLUMNS[name]]) for name, label in SERIES]
    chart = _chart(losses, most=max(int(result.get("iterations") or 0), len(losses)))
    return {"chart": chart, "legend": legend, "iteration": len(losses)}


def _chart(losses: Sequence[Sequence[float]], *, most: int) -> SafeString:
    highest = max(max(values) for values in losses)
    # Decades: the losses fall by factors, so that equal factors are equal heights.
    low, high = round(math.log10(LEAST)), max(1, math.ceil(math.log10(max(highest, LEAST))))

    def x(iteration: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (iteration - 1) / max(most - 1, 1)

    def y(value: float) -> float:
        share = (math.log10(max(value, LEAST)) - low) / (high - low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    decades = [(f"{y(10.0**power):.1f}", f"{10.0**power:g}") for power in range(low, high + 1)]
    grid = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="left" x="{}" y="{}">{}</text>',
        ((LEFT, WIDTH - RIGHT, at, at, LEFT - 6, f"{float(at) + 4:.1f}", text) for at, text in decades),
    )
    marks = format_html_join(
        "",
        '<text class="below" x="{}" y="{}">{}</text>',
        ((f"{x(number):.1f}", HEIGHT - 8, number) for number in sorted({1, (1 + most) // 2, most})),
    )
    lines = format_html_join(
        "",
        '<polyline class="loss-{}" points="{}"/>',
        (
            (
                name,
                " ".join(
                    f"{x(number):.1f},{y(values[_COLUMNS[name]]):.1f}"
                    for number, values in enumerate(losses, 1)
                ),
            )
            for name, _label in reversed(SERIES)
        ),
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        _("Losses by iteration"),
        grid,
        marks,
        lines,
    )
