"""Photos, and the files that become photos."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from albums.models import Image, Rendition
from albums.querysets import ImageQuerySet
from api.serializers.common import ids_field, row_id


class RenditionOut(serializers.Serializer[Any]):
    """A smaller copy of a photo."""

    kind = serializers.ChoiceField(choices=Rendition.Kind.choices)
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class ImageOut(serializers.Serializer[Any]):
    """A photo, or a file that did not become one and why. What is of its owner alone is null for others."""

    id = serializers.IntegerField(source="pk")
    owner = serializers.CharField(source="owner.username")
    state = serializers.ChoiceField(choices=Image.State.choices, help_text="stored: waiting to be read")
    name = serializers.CharField()
    path = serializers.CharField(
        source="source_path", allow_null=True, help_text="as it was given, with its folders"
    )
    mime_type = serializers.CharField(allow_blank=True)
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField(allow_null=True)
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    captured_at = serializers.DateTimeField(allow_null=True)
    added_at = serializers.DateTimeField()
    description = serializers.CharField(allow_blank=True)
    camera = serializers.CharField(allow_blank=True)
    facts = serializers.DictField(
        child=serializers.CharField(), help_text="lens, exposure and the like, by name, for people"
    )
    place = serializers.CharField(allow_blank=True)
    latitude = serializers.FloatField(allow_null=True, min_value=-90, max_value=90)
    longitude = serializers.FloatField(allow_null=True, min_value=-180, max_value=180)
    renditions = RenditionOut(many=True)
    reason = serializers.CharField(allow_blank=True, help_text="a stable code: why it was refused")
    detail = serializers.CharField(source="why", allow_blank=True, help_text="the same for people")
    binned_at = serializers.DateTimeField(allow_null=True, help_text="in the bin since then")

    PRIVATE = ("path", "sha256", "binned_at")

    def to_representation(self, instance: Image) -> dict[str, Any]:
        """As JSON; who is shown another's photo does not learn how that person keeps theirs."""
        data: dict[str, Any] = super().to_representation(instance)
        if "facts" in data:
            # Beside them stands with what they were read.
            data["facts"] = {name: value for name, value in instance.facts.items() if isinstance(value, str)}
        asking = self.context["view"].user
        if instance.owner_id != asking.pk:
            data |= {name: None for name in self.PRIVATE if name in data}
        return data

    @staticmethod
    def rows(images: ImageQuerySet) -> ImageQuerySet:
        """With all that is shown, in two queries."""
        return images.select_related("owner").prefetch_renditions().defer("words")


class ImageIn(serializers.Serializer[Any]):
    """What can be said of a photo."""

    description = serializers.CharField(required=False, allow_blank=True, max_length=5000)


class ImagesIn(serializers.Serializer[Any]):
    """Some photos."""

    images = ids_field()


class ImagesOut(serializers.Serializer[Any]):
    """Some photos."""

    images = serializers.ListField(child=serializers.IntegerField())


class SearchQuery(serializers.Serializer[Any]):
    """What photos are searched by. All that is asked for must hold."""

    q = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=200,
        help_text="words, as in the search box: anna 2019 lyon",
    )
    person = serializers.ListField(
        child=row_id(), required=False, default=list, max_length=20, help_text="all of them are in the photo"
    )
    album = serializers.ListField(child=row_id(), required=False, default=list, max_length=20)
    date = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        default=list,
        max_length=20,
        help_text="2019, 2019-06, 2019-06-14, or 2019-06-01..2019-06-14; any of them",
    )
    place = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, default=list, max_length=20
    )
    camera = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, default=list, max_length=20
    )


class ImageQuery(SearchQuery):
    """Which photos, and in which order."""

    dated = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="whether it is known when; left out: both"
    )
    state = serializers.ChoiceField(choices=Image.State.choices, required=False, default=Image.State.READY)
    order = serializers.ChoiceField(
        choices=["newest", "oldest", "added"], required=False, default="newest", help_text="added: last first"
    )


class TimelineMonthOut(serializers.Serializer[Any]):
    """A month with photos."""

    month = serializers.CharField(allow_null=True, help_text="2024-07; null: those without a date")
    photos = serializers.IntegerField()
    days = serializers.IntegerField(help_text="on which there are any")


class TimelineOut(serializers.Serializer[Any]):
    """What the whole library looks like, newest first."""

    photos = serializers.IntegerField()
    months = TimelineMonthOut(many=True)
