"""Shapes of the requests for effects on faces."""

from typing import Any

from rest_framework import serializers

from api.serializers.common import Shape, id_field
from api.serializers.lookalike import require_one
from faces.services.effects.growing_up import DEFAULT, FEWEST, MOST
from faces.services.effects.growing_up import DEFAULT_SIDE as GROWING_UP_SIDE
from faces.services.effects.morph import DEFAULT_FRAMES, DEFAULT_SIDE
from faces.vision.effects.morph import FEWEST_FRAMES, LARGEST_SIDE, MOST_FRAMES, SMALLEST_SIDE


def share_field(**options: Any) -> serializers.FloatField:
    """Return a field for a share, all by default."""
    return serializers.FloatField(default=1.0, min_value=0, max_value=1, **options)


def side_field(default: int) -> serializers.IntegerField:
    """Return a field for the size of the pictures."""
    return serializers.IntegerField(
        default=default,
        min_value=SMALLEST_SIDE,
        max_value=LARGEST_SIDE,
        help_text="width and height in pixels",
    )


class MorphOptionsIn(Shape):
    """The options of a morph."""

    frames = serializers.IntegerField(
        default=DEFAULT_FRAMES,
        min_value=FEWEST_FRAMES,
        max_value=MOST_FRAMES,
        help_text="pictures, with both ends",
    )
    side = side_field(DEFAULT_SIDE)
    shape = share_field(help_text="share of the second face's shape at the end")
    colour = share_field(help_text="share of the second face's colours at the end")


class FacesMorphIn(MorphOptionsIn):
    """Two stored faces to morph."""

    first_face = id_field()
    second_face = id_field()


class MorphIn(MorphOptionsIn):
    """Two pictures or stored faces to morph. Of several faces in a picture, the largest is used."""

    first = serializers.FileField(required=False)
    second = serializers.FileField(required=False)
    first_face = id_field(required=False, help_text="a stored face in place of the first picture")
    second_face = id_field(required=False, help_text="a stored face in place of the second picture")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one source for each side."""
        for side in ("first", "second"):
            require_one(attrs, side, f"{side}_face")
        return attrs


class GrowingUpIn(Shape):
    """A person to show from the earliest to the latest photo."""

    person = id_field()
    portraits = serializers.IntegerField(
        default=DEFAULT, min_value=FEWEST, max_value=MOST, help_text="at most so many, spread over the time"
    )
    side = side_field(GROWING_UP_SIDE)
    captions = serializers.BooleanField(default=True, help_text="write the month and the age on the pictures")
