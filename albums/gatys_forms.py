"""The form of the thorough painter style."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from albums.imaging.effects.gatys_options import FEWEST_ITERATIONS, HEAVIEST, MOST_ITERATIONS
from albums.style_forms import StyleSourceForm

SIDES = (256, 384, 512, 768)


def _weight(label: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        min_value=0,
        max_value=HEAVIEST,
        initial=1,
        widget=forms.NumberInput(attrs={"type": "range", "step": "0.25", "min": 0, "max": 4}),
    )


class GatysForm(StyleSourceForm):
    """The photo, the picture whose style it gets, the weights of the losses, and the extent of the work."""

    builtin_allowed = False

    content_weight = _weight(gettext_lazy("Content of the photo"))
    style_weight = _weight(gettext_lazy("Style of the image"))
    smoothness = _weight(gettext_lazy("Smoothness"))
    iterations = forms.IntegerField(
        label=gettext_lazy("Iterations"),
        min_value=FEWEST_ITERATIONS,
        max_value=MOST_ITERATIONS,
        initial=100,
        widget=forms.NumberInput(attrs={"class": "input", "step": 10, "inputmode": "numeric"}),
    )
    size = forms.TypedChoiceField(
        label=gettext_lazy("Size"),
        choices=[(side, gettext_lazy("%(side)s pixels") % {"side": side}) for side in SIDES],
        coerce=int,
        initial=512,
        widget=forms.Select(attrs={"class": "input"}),
    )

    def options(self) -> dict[str, Any]:
        """Return the options of the job of a valid form."""
        cleaned = self.cleaned_data
        return {
            "content": cleaned["content_weight"],
            "style": cleaned["style_weight"],
            "smoothness": cleaned["smoothness"],
            "iterations": cleaned["iterations"],
            "long_side": cleaned["size"],
        }
