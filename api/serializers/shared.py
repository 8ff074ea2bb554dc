"""Shapes of what visitors with a share link see."""

from rest_framework import serializers

from albums.models import ShareLink
from api.serializers.common import Shape, captured_at_field
from api.serializers.faces import BoxOut
from api.serializers.images import RenditionOut
from api.serializers.lookalike import SimilarityOut


class SharedAlbumOut(Shape):
    """The album of a share link."""

    name = serializers.CharField(source="album.name")
    description = serializers.CharField(source="album.description", allow_blank=True)
    photo_count = serializers.IntegerField()
    downloads = serializers.BooleanField()
    keeps_location = serializers.BooleanField(
        help_text="false: downloads come without position, serial numbers, names and descriptions"
    )
    shows_names = serializers.BooleanField()
    lookalike = serializers.SerializerMethodField(help_text="look-alike searches are allowed")
    expires_at = serializers.DateTimeField(allow_null=True)

    example = {"name": "Summer 2024", "downloads": True, "shows_names": True}

    def get_lookalike(self, link: ShareLink) -> bool:
        """Return True for a gallery whose link allows searches."""
        return link.album.gallery and link.lookalike


class SharedMatchOut(SimilarityOut):
    """A similar person of a shared gallery."""

    name = serializers.CharField(allow_blank=True, help_text="empty if the link hides names")
    face = serializers.IntegerField(source="face.pk")
    image = serializers.IntegerField(source="face.image_id", help_text="a photo of the shared album")


class SharedLookalikeOut(Shape):
    """The most similar people of a shared gallery, the nearest first."""

    faces_found = BoxOut(many=True, help_text="faces in the picture, best first")
    selected = serializers.IntegerField(help_text="index of the face that was searched with")
    people = SharedMatchOut(many=True)


class SharedImageOut(Shape):
    """A photo of a shared album."""

    id = serializers.IntegerField(source="pk")
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    captured_at = captured_at_field()
    description = serializers.CharField(allow_blank=True)
    names = serializers.ListField(
        child=serializers.CharField(), help_text="people in the photo; empty if the link hides names"
    )
    renditions = RenditionOut(many=True)

    example = {"id": 512}
