"""Shapes of memories."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from albums.services.arranging.memories import day_of_text
from api.serializers.common import Shape


class DayField(serializers.CharField):
    """A day of the year."""

    def to_internal_value(self, data: Any) -> Any:
        """Parse the text."""
        day = day_of_text(super().to_internal_value(data))
        if day is None:
            raise serializers.ValidationError(_("A day such as 12-25 is required."))
        return day


class MemoriesQuery(Shape):
    """The day of memories."""

    day = DayField(required=False, help_text="a day of the year: 12-25; omitted: today")


class MemoryYearOut(Shape):
    """The photos of the day in one year."""

    date = serializers.DateField()
    years_ago = serializers.IntegerField()
    photos = serializers.IntegerField(help_text="the number of photos of the day")
    images = serializers.ListField(child=serializers.IntegerField(), help_text="the ids of the first ones")
    names = serializers.ListField(child=serializers.CharField(), help_text="of the people in them")

    example = {"date": "2021-12-25", "years_ago": 5, "photos": 14}


class MemoriesOut(Shape):
    """The photos of a day of the year in earlier years, newest first."""

    day = serializers.CharField()
    years = MemoryYearOut(many=True)
    previous = serializers.CharField(allow_null=True, help_text="the nearest day before with photos")
    next = serializers.CharField(allow_null=True, help_text="the nearest day after with photos")

    example = {"day": "12-25", "previous": "12-24", "next": "12-26"}
