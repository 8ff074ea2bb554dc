"""Charts on the pages that explain how faces are found."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import floatformat
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from faces.vision.explain.charts import Axis, Series, chart

register = template.Library()

STAGES_BETWEEN_TICKS = 5


@register.simple_tag
def windows_chart(counts: Sequence[int]) -> SafeString:
    """Draw how many windows are left after each stage, on a logarithmic scale."""
    stages = len(counts) - 1
    highest = math.ceil(math.log10(max(counts[0], 10)))
    ticks = range(0, stages + 1, STAGES_BETWEEN_TICKS)
    line = [(float(stage), math.log10(max(count, 1))) for stage, count in enumerate(counts)]
    drawn = chart(
        Axis(0, stages, [(at, str(at)) for at in ticks], gettext("stage")),
        Axis(
            0,
            highest + 0.4,
            [(power, intcomma(10**power)) for power in range(highest + 1)],
            gettext("windows left"),
        ),
        [Series(gettext("windows left"), line)],
        title=gettext("Windows that are left after each stage of the cascade"),
    )
    # Its texts are escaped where it is drawn.
    return mark_safe(drawn)  # noqa: S308  # nosec B703 - see above


@register.simple_tag
def rectangle_sum(example: Mapping[str, Any]) -> str:
    """Write the sum of a rectangle as the four values of the integral image that it takes."""
    upper_left, upper_right, lower_left, lower_right = map(intcomma, example["corners"])
    # Minus signs, not hyphens.
    formula = f"{lower_right} \u2212 {upper_right} \u2212 {lower_left} + {upper_left}"
    return gettext(
        "The band of the eyes, %(width)s by %(height)s pixels: %(formula)s = %(total)s, "
        "which is %(mean)s a pixel."
    ) % {
        "width": example["width"],
        "height": example["height"],
        "formula": formula,
        "total": intcomma(example["total"]),
        "mean": floatformat(example["mean"], 0),
    }
