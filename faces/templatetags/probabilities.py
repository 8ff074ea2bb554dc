"""A probability as a person reads it."""

from django import template

register = template.Library()


@register.filter
def percent(probability: float) -> str:
    """Whole percents; never a certainty, which no comparison of faces gives."""
    if probability < 0.01:
        return "under 1 %"
    if probability > 0.99:
        return "over 99 %"
    return f"{100 * probability:.0f} %"


@register.filter
def level(probability: float) -> str:
    """The class of the words: very-likely, likely, perhaps or unlikely."""
    for least, name in ((0.9, "very-likely"), (0.5, "likely"), (0.1, "perhaps")):
        if probability >= least:
            return name
    return "unlikely"
