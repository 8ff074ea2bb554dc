"""The map of photos."""

from typing import Any

from rest_framework import serializers

from albums.services.mapping.clusters import MAX_ZOOM
from albums.services.searching.area import Area
from api.serializers.common import Shape

WORLD = Area(-180, -90, 180, 90)


class AreaField(serializers.CharField):
    """A part of the map, as in `area=4.7,45.6,5.0,45.9`."""

    def to_internal_value(self, data: Any) -> str:
        """Check the edges."""
        value: str = super().to_internal_value(data)
        if Area.of(value) is None:
            raise serializers.ValidationError(
                "Give west, south, east and north in degrees, as in 4.7,45.6,5.0,45.9.", code="invalid"
            )
        return value


class MapQuery(Shape):
    """A part of the map."""

    area = AreaField(
        max_length=100,
        help_text="west,south,east,north in degrees; over the 180th meridian west is more than east",
        default=WORLD.value,
    )
    zoom = serializers.IntegerField(
        min_value=0, max_value=MAX_ZOOM, default=3, help_text="as of map tiles: each step halves the cells"
    )


class ClusterOut(Shape):
    """Photos close to each other."""

    photos = serializers.IntegerField()
    longitude = serializers.FloatField(help_text="the mean of the photos")
    latitude = serializers.FloatField()
    area = serializers.CharField(
        source="area.grown.value", help_text="`area` of `images_list`, with all of these photos"
    )
    image_id = serializers.IntegerField(help_text="one of the photos, the last added")

    example = {
        "photos": 212,
        "longitude": 4.83,
        "latitude": 45.76,
        "area": "4.80000,45.74000,4.86000,45.78000",
        "image_id": 7,
    }


class ClustersOut(Shape):
    """The clusters of a part of the map, the densest first, at most 1000."""

    photos = serializers.IntegerField(help_text="photos in these clusters")
    clusters = ClusterOut(many=True)
