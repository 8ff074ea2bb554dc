"""Probabilities in words and percent."""

from django import template
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext, gettext_lazy

register = template.Library()

WORDS = {
    "very-likely": gettext_lazy("Very likely the same person"),
    "likely": gettext_lazy("Likely the same person"),
    "perhaps": gettext_lazy("Possibly the same person"),
    "unlikely": gettext_lazy("Most likely someone else"),
}


@register.filter
def percent(probability: float) -> str:
    """Format as a whole percentage; never 0 or 100, since no comparison of faces is certain."""
    if probability < 0.01:
        return gettext("under 1%")
    if probability > 0.99:
        return gettext("over 99%")
    return gettext("%(number)s%%") % {"number": f"{100 * probability:.0f}"}


@register.filter
def share(part: float) -> str:
    """Format a measured share (0..1) as a percentage with one decimal."""
    return gettext("%(number)s%%") % {"number": floatformat(100 * part, 1)}


@register.filter
def hundredths(probability: float) -> int:
    """Return a whole number from 0 to 100, for a bar."""
    return round(100 * probability)


@register.filter
def level(probability: float) -> str:
    """Return the level: very-likely, likely, perhaps or unlikely."""
    for least, name in ((0.9, "very-likely"), (0.5, "likely"), (0.1, "perhaps")):
        if probability >= least:
            return name
    return "unlikely"


@register.filter
def likeness(probability: float) -> str:
    """Return the level in words."""
    return str(WORDS[level(probability)])
