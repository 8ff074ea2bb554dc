"""Shapes of the values of photos by their owner, and of the history of changes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from albums.models import PhotoChange
from albums.models.images import LONGEST_TAG
from albums.services.arranging.capture_times import ImplausibleDate, capture_of_owner
from albums.services.arranging.tags import MOST_TAGS, tags_of
from albums.services.editing.town_names import position_called
from api.serializers.common import Shape, ids_field

LONGEST_SHIFT = 250 * 366 * 24 * 60


class CaptureField(serializers.CharField):
    """A text with a date, as `Capture`."""

    def to_internal_value(self, data: Any) -> Any:
        """Parse the text."""
        try:
            return capture_of_owner(super().to_internal_value(data))
        except ImplausibleDate as error:
            raise serializers.ValidationError(
                _("A date such as 2024-07-01, 2024-07-01T23:30:00 or 2024-07-01T23:30:00-07:00 is required.")
            ) from error


class PositionIn(Shape):
    """A position in degrees."""

    latitude = serializers.FloatField(min_value=-90, max_value=90)
    longitude = serializers.FloatField(min_value=-180, max_value=180)


class TagsField(serializers.ListField):
    """Tags, as they are stored."""

    def __init__(self, **options: Any) -> None:
        child = serializers.CharField(max_length=LONGEST_TAG)
        super().__init__(child=child, required=False, max_length=MOST_TAGS, **options)

    def to_internal_value(self, data: Any) -> Any:
        """Normalize the tags."""
        try:
            return tags_of(super().to_internal_value(data))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


class EditIn(Shape):
    """Values by the owner of photos, in place of those of their files."""

    description = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    description_from_file = serializers.BooleanField(
        default=False, help_text="use the description of the file again, in place of the owner's"
    )
    captured_at = CaptureField(
        required=False,
        allow_null=True,
        help_text="the owner's date, which wins over the file's: ISO 8601 by the clock at the place, with or "
        "without a time and an offset; null: unknown",
    )
    captured_from_file = serializers.BooleanField(
        default=False, help_text="use the date of the file again, in place of the owner's"
    )
    position = PositionIn(
        required=False,
        allow_null=True,
        help_text="the owner's position, which wins over the file's; null: unknown",
    )
    town = serializers.CharField(
        required=False,
        max_length=200,
        help_text="in place of `position`: a town by its name, as in Lyon, France; see `completions_get`",
    )
    position_from_file = serializers.BooleanField(
        default=False, help_text="use the position of the file again, in place of the owner's"
    )
    tags = TagsField(help_text="the owner's tags, in place of the present ones")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse two values at once, and find the town."""
        if attrs["captured_from_file"] and "captured_at" in attrs:
            raise serializers.ValidationError({"captured_from_file": _("Give one date only.")})
        if attrs["description_from_file"] and "description" in attrs:
            raise serializers.ValidationError({"description_from_file": _("Give one description only.")})
        if "position" in attrs and ("town" in attrs or attrs["position_from_file"]):
            raise serializers.ValidationError({"position": _("Give one place only.")})
        if "town" in attrs:
            try:
                attrs["position"] = dict(
                    zip(("latitude", "longitude"), position_called(attrs["town"]), strict=True)
                )
            except ValidationError as error:
                raise serializers.ValidationError({"town": error.messages}) from error
        return attrs


class EditsIn(EditIn):
    """Values by the owner of several photos."""

    images = ids_field()
    keeps_time = serializers.BooleanField(
        default=False, help_text="a photo with a time keeps it on the day of `captured_at`"
    )
    shift_minutes = serializers.IntegerField(
        required=False,
        min_value=-LONGEST_SHIFT,
        max_value=LONGEST_SHIFT,
        help_text="move the dates by so many minutes; negative: earlier. A date without a time moves by "
        "whole days; photos without a date, and those that would be in the future, stay",
    )
    add_tags = TagsField(help_text="tags to add to the present ones")
    remove_tags = TagsField(help_text="tags to remove from the present ones")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a body that changes nothing, and two dates."""
        attrs = super().validate(attrs)
        options = {"images", "keeps_time", "town"}
        changes = {name: value for name, value in attrs.items() if name not in options}
        if not any(value or name in MAY_BE_EMPTY for name, value in changes.items()):
            raise serializers.ValidationError(_("Give at least one change."))
        if "shift_minutes" in attrs and (attrs["captured_from_file"] or "captured_at" in attrs):
            raise serializers.ValidationError({"shift_minutes": _("Give one date only.")})
        return attrs


MAY_BE_EMPTY = frozenset({"captured_at", "position", "description", "tags"})


class FileValuesOut(Shape):
    """Values of the file itself, whether or not the owner's are in force."""

    captured_at = serializers.CharField(allow_null=True)
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    description = serializers.CharField(allow_blank=True)

    example = {"captured_at": "2024-07-14T17:02:11+02:00", "description": ""}


class PhotoChangeOut(Shape):
    """A change of an owner's photos that can be undone."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(choices=PhotoChange.Kind.choices)
    summary = serializers.CharField()
    photos = serializers.IntegerField()
    at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)

    example = {
        "id": 31, "kind": "date", "summary": "Dates of 12 photos changed", "photos": 12, "undone_at": None,
    }  # fmt: skip


class EditsOut(Shape):
    """The changes of one request."""

    changes = PhotoChangeOut(many=True)
    images = serializers.ListField(child=serializers.IntegerField(), help_text="the photos that changed")
    jobs = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="the jobs of the studio that change the photos, if there are many; else empty",
    )

    example = {"jobs": []}


class PhotoChangeUndoOut(Shape):
    """The photos that an undo has restored."""

    change = PhotoChangeOut()
    images = serializers.ListField(child=serializers.IntegerField(), help_text="those of a job: none yet")
    job = serializers.IntegerField(
        allow_null=True,
        help_text="the job of the studio that turns photos back, or changes many; else null",
    )

    example = {"job": None}


class TurnIn(Shape):
    """Photos to turn."""

    images = ids_field()
    quarters = serializers.IntegerField(min_value=-3, max_value=3, help_text="quarter turns clockwise")


class CompletionsQuery(Shape):
    """A text to complete."""

    of = serializers.ChoiceField(choices=["towns", "tags", "descriptions"])
    q = serializers.CharField(default="", allow_blank=True, max_length=200)


class CompletionsOut(Shape):
    """Completions of a text."""

    choices = serializers.ListField(child=serializers.CharField())

    example = {"choices": ["Lyon, France", "Lyubertsy, Russia"]}
