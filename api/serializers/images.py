"""Shapes of photos, searches and the timeline."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from albums.imaging import CaptureSource
from albums.models import Image, Rendition
from albums.querysets import ImageQuerySet
from albums.services.arranging.capture_times import file_capture
from albums.services.arranging.descriptions import file_description
from albums.services.arranging.positions import file_position
from api.serializers.common import (
    Shape,
    captured_at_field,
    id_field,
    ids_field,
    optional_text,
    values_field,
)
from api.serializers.edits import EditIn, FileValuesOut


class RenditionOut(Shape):
    """A smaller copy of a photo."""

    kind = serializers.ChoiceField(choices=Rendition.Kind.choices)
    width = serializers.IntegerField()
    height = serializers.IntegerField()

    example = {"kind": "thumbnail", "width": 512, "height": 384}


class ImageOut(Shape):
    """A photo, or a file that was refused and why. Private fields are null for other accounts."""

    id = serializers.IntegerField(source="pk")
    owner = serializers.CharField(source="owner.username")
    state = serializers.ChoiceField(choices=Image.State.choices, help_text="stored: not processed yet")
    name = serializers.CharField()
    path = serializers.CharField(
        source="source_path", allow_null=True, help_text="the uploaded name with its folders"
    )
    mime_type = serializers.CharField(allow_blank=True)
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField(allow_null=True)
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    turns = serializers.IntegerField(
        min_value=0, max_value=3, help_text="quarter turns clockwise by the owner; the original is not turned"
    )
    captured_at = captured_at_field()
    captured_source = serializers.CharField(
        allow_blank=True,
        help_text="the origin of the date: exif, xmp, iptc, png, gps, file_name (a guess) or owner",
    )
    captured_guessed = serializers.SerializerMethodField(help_text="the date is a guess")
    added_at = serializers.DateTimeField()
    description = serializers.CharField(allow_blank=True)
    camera = serializers.CharField(allow_blank=True)
    facts = serializers.DictField(
        child=serializers.CharField(),
        help_text="lens, exposure and similar details, formatted for display; rating is 1 to 5 stars",
    )
    place = serializers.CharField(allow_blank=True)
    latitude = serializers.FloatField(allow_null=True, min_value=-90, max_value=90)
    longitude = serializers.FloatField(allow_null=True, min_value=-180, max_value=180)
    place_by_owner = serializers.BooleanField(
        allow_null=True, help_text="the owner has set the position, or that it is unknown"
    )
    tags = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="by the owner, in the order of the alphabet"
    )
    of_file = serializers.SerializerMethodField(help_text="what the file itself says")
    renditions = RenditionOut(many=True)
    reason = serializers.CharField(allow_blank=True, help_text="a stable code: why the file was refused")
    detail = serializers.CharField(source="why", allow_blank=True, help_text="the reason in words")
    favourite = serializers.BooleanField(allow_null=True)
    archived = serializers.BooleanField(
        allow_null=True, help_text="not in the timeline, but in albums, with people and in searches"
    )
    binned_at = serializers.DateTimeField(allow_null=True, help_text="when the photo was moved to the bin")
    stack_top = serializers.IntegerField(
        source="stack_top_id",
        allow_null=True,
        help_text="the photo on top of its stack, under which the pages show it; see `image_stack`",
    )
    made_from = serializers.IntegerField(
        source="made_from_id", allow_null=True, help_text="of a picture of the studio: the id of its photo"
    )

    def get_captured_guessed(self, image: Image) -> bool:
        """Return True for a date from the name of the file."""
        return image.captured_source == CaptureSource.FILE_NAME

    @extend_schema_field(FileValuesOut(allow_null=True))
    def get_of_file(self, image: Image) -> dict[str, Any]:
        """Return the values of the file, which the owner's have replaced or not."""
        captured, position = file_capture(image), file_position(image)
        return {
            "captured_at": captured.text if captured else None,
            "latitude": position[0] if position else None,
            "longitude": position[1] if position else None,
            "description": file_description(image),
        }

    PRIVATE = (
        *("path", "sha256", "favourite", "archived", "binned_at", "stack_top", "made_from"),
        *("place_by_owner", "tags", "of_file"),
    )
    example = {
        "id": 512,
        "name": "beach.jpg",
        "state": "ready",
        "binned_at": None,
        "stack_top": None,
        "made_from": None,
        "place_by_owner": False,
        "tags": ["holidays"],
    }

    def to_representation(self, instance: Image) -> dict[str, Any]:
        """Return the photo as JSON, without its private fields for other accounts than the owner."""
        data: dict[str, Any] = super().to_representation(instance)
        if "facts" in data:
            # Other values are the raw readings that the formatted ones come from.
            data["facts"] = {name: value for name, value in instance.facts.items() if isinstance(value, str)}
        if instance.owner_id != self.context["view"].user.pk:
            data |= {name: None for name in self.PRIVATE if name in data}
        return data

    @staticmethod
    def rows(images: ImageQuerySet) -> ImageQuerySet:
        """Return the photos with all related rows, in two queries."""
        return images.select_related("owner").prefetch_renditions().defer("words")


class ImageIn(EditIn):
    """Changes to a photo."""

    favourite = serializers.BooleanField(required=False)
    archived = serializers.BooleanField(required=False, help_text="archived photos are not in the timeline")
    turns = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=3,
        help_text="show the photo turned clockwise by so many quarter turns from the orientation in its "
        "file; the original stays as it is",
    )


class ImagesIn(Shape):
    """Several photos."""

    images = ids_field()


class MarksIn(ImagesIn):
    """Marks of several photos."""

    favourite = serializers.BooleanField(required=False)
    archived = serializers.BooleanField(required=False, help_text="archived photos are not in the timeline")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a body without a mark."""
        if not set(attrs) - {"images"}:
            raise serializers.ValidationError(_("Give favourite, archived or both."))
        return attrs


class ImagesOut(Shape):
    """Several photos."""

    images = serializers.ListField(child=serializers.IntegerField())


class RetryIn(Shape):
    """Photos to process again."""

    images = ids_field(allow_null=True, default=None, help_text="null or omitted: all failed ones")


class SearchQuery(Shape):
    """Search filters. Photos must match all of them."""

    q = optional_text(200, help_text="free text, as in the search box: anna 2019 lyon")
    person = values_field(id_field(), help_text="photos with all of these people")
    age = values_field(
        serializers.CharField(max_length=40),
        help_text="photos with somebody of any of these ages, known or estimated: 34, 30-40, 60-, children "
        "(0 to 12), teenagers (13 to 17), adults",
    )
    album = values_field(id_field())
    date = values_field(
        serializers.CharField(max_length=40),
        help_text="any of: 2019, 2019-06, 2019-06-14, 2019-06-01..2019-06-14",
    )
    place = values_field(serializers.CharField(max_length=200))
    camera = values_field(serializers.CharField(max_length=200))
    tag = values_field(serializers.CharField(max_length=100), help_text="photos with all of these tags")
    area = values_field(
        serializers.CharField(max_length=100),
        help_text="photos in any of these parts of the map: west,south,east,north in degrees",
    )


class ImageQuery(SearchQuery):
    """Filters and order of the list of photos."""

    dated = serializers.BooleanField(
        allow_null=True, default=None, help_text="with or without a known date; omitted: both"
    )
    favourite = serializers.BooleanField(allow_null=True, default=None, help_text="omitted: both")
    archived = serializers.BooleanField(allow_null=True, default=None, help_text="omitted: both")
    state = serializers.ChoiceField(choices=Image.State.choices, default=Image.State.READY)
    order = serializers.ChoiceField(
        choices=["newest", "oldest", "added"], default="newest", help_text="added: most recently added first"
    )


class TimelineMonthOut(Shape):
    """A month with photos."""

    month = serializers.CharField(allow_null=True, help_text="2024-07; null: photos without a date")
    photos = serializers.IntegerField()
    days = serializers.IntegerField(help_text="days with photos")

    example = {"month": "2024-07", "photos": 212, "days": 14}


class TimelineOut(Shape):
    """The number of photos per month, newest first."""

    photos = serializers.IntegerField()
    months = TimelineMonthOut(many=True)


class ChoiceOut(Shape):
    """A completion of the search text."""

    value = serializers.CharField(help_text="value of the parameter that `part` names")
    label = serializers.CharField()  # type: ignore[assignment]  # a field called label

    example = {"value": "12", "label": "Anna Castillo"}


class SearchSuggestionsOut(Shape):
    """Completions from one part of the search."""

    part = serializers.CharField(
        source="part.name", help_text="a search parameter: person, age, album, date, place, camera, tag"
    )
    heading = serializers.CharField(source="part.heading")
    choices = ChoiceOut(many=True)
    rest = serializers.CharField(allow_blank=True, help_text="`q` after a completion is selected")

    example = {"part": "person", "heading": "People", "rest": "beach"}


class SuggestionsOut(Shape):
    """Completions of the search text."""

    groups = SearchSuggestionsOut(many=True)
