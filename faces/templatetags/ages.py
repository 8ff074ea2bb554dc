"""Ages and genders in words, and the age of a person over time as a small chart."""

from datetime import date

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from faces.services.attributes.ages import Age, Gender
from faces.services.attributes.timeline import DAYS_OF_YEAR, AgeTimeline
from faces.templatetags.probabilities import percent

register = template.Library()

WIDTH, HEIGHT = 320, 130
LEFT, RIGHT, TOP, BOTTOM = 30, 12, 8, 26
"""Margins for the scales, in units of the picture."""

YEARS_ABOVE = 5
"""The scale of ages ends so many years beyond the last one."""


@register.filter
def age_words(age: Age) -> str:
    """Return an age in words, labelled if it is an estimate."""
    if not age.estimated:
        return gettext("%(years)d, from the date of birth") % {"years": age.years}
    return gettext("about %(years)d (%(low)d to %(high)d), estimate") % {
        "years": age.years,
        "low": age.low,
        "high": age.high,
    }


@register.filter
def gender_words(gender: Gender) -> str:
    """Return an estimated gender in words."""
    shown = {"probability": percent(gender.probability)}
    if gender.male:
        return gettext("probably male (%(probability)s), estimate") % shown
    return gettext("probably female (%(probability)s), estimate") % shown


@register.simple_tag
def age_chart(timeline: AgeTimeline) -> SafeString:
    """Draw the ages by date: a dot for each photo, the range of an estimate, and a line from the birth."""
    first, last = timeline.points[0].on, timeline.points[-1].on
    top = max(point.high for point in timeline.points) + YEARS_ABOVE
    bottom = max(0, min(point.low for point in timeline.points) - YEARS_ABOVE)
    drawing = _Drawing(first, last, bottom, top)
    ranges = format_html_join(
        "",
        '<line class="range" x1="{}" x2="{}" y1="{}" y2="{}"/>',
        (
            (drawing.x(point.on), drawing.x(point.on), drawing.y(point.low), drawing.y(point.high))
            for point in timeline.points
            if timeline.estimated
        ),
    )
    dots = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="2.5"/>',
        ((drawing.x(point.on), drawing.y(point.age)) for point in timeline.points),
    )
    line = SafeString("")
    if timeline.born is not None:
        ends = [(day, max(0.0, (day - timeline.born).days / DAYS_OF_YEAR)) for day in (first, last)]
        line = format_html(
            '<polyline class="line" points="{}"/>',
            " ".join(f"{drawing.x(day)},{drawing.y(age)}" for day, age in ends),
        )
    return format_html(
        '<svg class="age-chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        chart_words(timeline),
        drawing.scales(),
        ranges,
        line,
        dots,
    )


def chart_words(timeline: AgeTimeline) -> str:
    """Describe the chart, for screen readers."""
    first, last = timeline.points[0], timeline.points[-1]
    values = {
        "first": f"{first.age:.0f}",
        "start": first.on.year,
        "last": f"{last.age:.0f}",
        "end": last.on.year,
    }
    if timeline.estimated:
        return gettext("Estimated age: %(first)s in %(start)s, %(last)s in %(end)s") % values
    return gettext("Age: %(first)s in %(start)s, %(last)s in %(end)s") % values


class _Drawing:
    """The places of dates and ages in the picture, as text for attributes."""

    def __init__(self, first: date, last: date, bottom: float, top: float) -> None:
        self._first, self._last, self._bottom, self._top = first, last, bottom, top

    def x(self, day: date) -> str:
        share = (day - self._first).days / max((self._last - self._first).days, 1)
        return f"{LEFT + share * (WIDTH - LEFT - RIGHT):.1f}"

    def y(self, age: float) -> str:
        share = (age - self._bottom) / max(self._top - self._bottom, 1)
        return f"{HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM):.1f}"

    def scales(self) -> SafeString:
        step = next((step for step in (1, 2, 5, 10, 20) if (self._top - self._bottom) / step <= 4), 50)
        ages = range(-(-int(self._bottom) // step) * step, int(self._top) + 1, step)
        across = format_html_join(
            "",
            '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text x="{}" y="{}" dy="4" text-anchor="end">{}</text>',
            ((LEFT, WIDTH - RIGHT, self.y(age), self.y(age), LEFT - 6, self.y(age), age) for age in ages),
        )
        years = format_html(
            '<text x="{}" y="{}">{}</text><text x="{}" y="{}" text-anchor="end">{}</text>',
            LEFT,
            HEIGHT - 4,
            self._first.year,
            WIDTH - RIGHT,
            HEIGHT - 4,
            self._last.year,
        )
        return across + years
