"""Shapes of painter styles."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from albums.services.styling.painting import LARGEST, SMALLEST
from albums.services.styling.sources import StyleSource
from albums.services.styling.styles import BUILTIN_STYLES
from api.serializers.common import Shape, id_field

# The field that each source needs; that of an upload is a file.
FIELD_OF = {
    StyleSource.BUILTIN: "style",
    StyleSource.PHOTO: "style_image",
    StyleSource.LINK: "style_link",
    StyleSource.UPLOAD: "style_file",
}


class StyleOut(Shape):
    """A built-in painter style."""

    slug = serializers.CharField(help_text="for `style` of a new painting")
    label = serializers.CharField()  # type: ignore[assignment]  # a field called label
    painter = serializers.CharField(allow_blank=True, help_text="empty for a style named by its look")

    example = {"slug": "great-wave", "label": "Katsushika Hokusai, The Great Wave"}


class StylesOut(Shape):
    """All built-in painter styles."""

    results = StyleOut(many=True)


class PaintingIn(Shape):
    """A painting to be made: the photo, exactly one style, and options."""

    image = id_field(help_text="the photo to paint")
    style = serializers.CharField(required=False, help_text="the slug of a built-in style")  # type: ignore[assignment]  # a field called style
    style_image = id_field(required=False, help_text="a photo whose style is used")
    style_link = serializers.CharField(
        required=False,
        max_length=2000,
        help_text="a link to an image whose style is used, where the operator allows links",
    )
    strength = serializers.FloatField(default=1.0, min_value=0, max_value=1, help_text="0: the photo")
    brush = serializers.IntegerField(default=3, min_value=1, max_value=5, help_text="1: fine, 5: broad")
    keep_colours = serializers.BooleanField(default=False, help_text="true: the colours are the photo's")
    long_side = serializers.IntegerField(
        default=None,
        allow_null=True,
        min_value=SMALLEST,
        max_value=LARGEST,
        help_text="pixels of the result; null: as large as the photo",
    )

    def validate_style(self, slug: str) -> str:
        """Require the slug of a style."""
        if slug not in {style.slug for style in BUILTIN_STYLES}:
            raise serializers.ValidationError(_("There is no such style. Choose one from the list."))
        return slug

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one style."""
        if len([name for name in FIELD_OF.values() if name in attrs]) != 1:
            raise serializers.ValidationError({"style": [_("Give exactly one style.")]})
        return attrs


class PaintingFileIn(PaintingIn):
    """A painting to be made, whose style may also be an uploaded picture."""

    style_file = serializers.FileField(required=False, help_text="an image whose style is used")


class SavedPictureIn(Shape):
    """The album of a saved result."""

    album = id_field(required=False, help_text="one of the albums of the job's photo")


class SavedPictureOut(Shape):
    """The photo that a result of a job became."""

    image = serializers.IntegerField(help_text="the id of the photo; its processing takes a moment")
    status = serializers.CharField(help_text="added, already_there, or restored from the bin")

    example = {"image": 512, "status": "added"}
