"""Shapes of look-alike galleries."""

from rest_framework import serializers

from api.serializers.common import Shape, id_field


class GalleryOut(Shape):
    """A look-alike gallery: an album of named people."""

    id = serializers.IntegerField(source="pk", help_text="the album")
    owner = serializers.CharField(source="owner.username")
    name = serializers.CharField()
    photo_count = serializers.IntegerField()
    people_count = serializers.IntegerField(help_text="people to be compared with")

    example = {"id": 7, "name": "Class of 1995", "people_count": 28}


class CropQuery(Shape):
    """The gallery through which a face is visible."""

    gallery = id_field(required=False, help_text="a gallery that shows the face, for faces of other accounts")
