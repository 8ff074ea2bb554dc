"""Shapes of the thorough painter style."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from albums.imaging.effects.gatys_options import (
    FEWEST_ITERATIONS,
    HEAVIEST,
    LARGEST_SIDE,
    MOST_ITERATIONS,
    SMALLEST_SIDE,
    GatysOptions,
)
from api.serializers.common import Shape, id_field

DEFAULTS = GatysOptions()
OPTIONS = ("content", "style", "smoothness", "iterations", "long_side")


def _weight(default: float, help_text: str) -> serializers.FloatField:
    return serializers.FloatField(default=default, min_value=0, max_value=HEAVIEST, help_text=help_text)


class GatysOptionsIn(Shape):
    """The photo and the options."""

    image = id_field(help_text="the photo that is painted")
    content = _weight(DEFAULTS.content, "weight: how closely the painting follows the content of the photo")
    style = _weight(DEFAULTS.style, "weight: how closely strokes and colours follow the style")  # type: ignore[assignment]  # a field called style
    smoothness = _weight(DEFAULTS.smoothness, "weight: how much neighbouring pixels may differ")
    iterations = serializers.IntegerField(
        default=DEFAULTS.iterations, min_value=FEWEST_ITERATIONS, max_value=MOST_ITERATIONS
    )
    long_side = serializers.IntegerField(
        default=DEFAULTS.long_side,
        min_value=SMALLEST_SIDE,
        max_value=LARGEST_SIDE,
        help_text="pixels of the painting's long side; a smaller photo is not enlarged",
    )


class GatysFileIn(GatysOptionsIn):
    """A painting in the style of an uploaded picture."""

    style_file = serializers.FileField()


class GatysStoredIn(GatysOptionsIn):
    """A painting in the style of a photo, or of a picture at a link."""

    style_image = id_field(required=False, help_text="a photo of the account")
    style_link = serializers.CharField(
        required=False, max_length=2000, help_text="http or https; only if the server allows links"
    )


class GatysIn(GatysStoredIn):
    """A painting, for validation whatever the media type."""

    style_file = serializers.FileField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one style."""
        if len({"style_file", "style_image", "style_link"} & set(attrs)) != 1:
            raise serializers.ValidationError({"style_image": [_("Send one image for the style.")]})
        return attrs
