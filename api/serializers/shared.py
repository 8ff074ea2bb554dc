"""Shapes of what visitors with a share link see."""

from rest_framework import serializers

from api.serializers.common import Shape
from api.serializers.images import RenditionOut


class SharedAlbumOut(Shape):
    """The album of a share link."""

    name = serializers.CharField(source="album.name")
    description = serializers.CharField(source="album.description", allow_blank=True)
    photo_count = serializers.IntegerField()
    downloads = serializers.BooleanField()
    shows_names = serializers.BooleanField()
    expires_at = serializers.DateTimeField(allow_null=True)

    example = {"name": "Summer 2024", "downloads": True, "shows_names": True}


class SharedImageOut(Shape):
    """A photo of a shared album."""

    id = serializers.IntegerField(source="pk")
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    captured_at = serializers.DateTimeField(allow_null=True)
    description = serializers.CharField(allow_blank=True)
    names = serializers.ListField(
        child=serializers.CharField(), help_text="people in the photo; empty if the link hides names"
    )
    renditions = RenditionOut(many=True)

    example = {"id": 512}
