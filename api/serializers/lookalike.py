"""Shapes of look-alike searches and comparisons of two faces."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.common import Shape, id_field
from api.serializers.faces import BoxOut
from faces.services.searching.nearest import NearFace


def index_field(**options: Any) -> serializers.IntegerField:
    """Return a field for the index of a face among those in a picture."""
    return serializers.IntegerField(required=False, min_value=0, max_value=10_000, **options)


def require_one(attrs: dict[str, Any], picture: str, face: str) -> dict[str, Any]:
    """Return the attributes. Raises ValidationError unless exactly one of picture and face is given."""
    if (picture in attrs) == (face in attrs):
        raise serializers.ValidationError({picture: [_("Send a picture or the id of a face.")]})
    return attrs


class PictureIn(Shape):
    """A picture to search with. It is not stored."""

    picture = serializers.FileField()
    face_index = index_field(help_text="a face of the picture; omitted: the largest")


class StoredFaceIn(Shape):
    """A stored face to search with."""

    face = id_field()


def gallery_field() -> serializers.IntegerField:
    """Return a field for the gallery to search."""
    return id_field(required=False, help_text="a look-alike gallery; omitted: the account's own photos")


class ResultCountsIn(Shape):
    """The number of results."""

    people = serializers.IntegerField(default=12, min_value=0, max_value=100)
    faces = serializers.IntegerField(default=24, min_value=0, max_value=200)
    gallery = gallery_field()


class PictureLookalikeIn(ResultCountsIn, PictureIn):
    """A picture to search with. It is not stored."""


class FaceLookalikeIn(ResultCountsIn, StoredFaceIn):
    """A stored face to search with."""


class PictureBestIn(PictureIn):
    """A picture to search with. It is not stored."""

    gallery = gallery_field()


class FaceBestIn(StoredFaceIn):
    """A stored face to search with."""

    gallery = gallery_field()


class FaceSourceIn(Shape):
    """A picture or a stored face, for validation whatever the media type."""

    picture = serializers.FileField(required=False)
    face = id_field(required=False)
    face_index = index_field()
    gallery = gallery_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one of the two."""
        return require_one(attrs, "picture", "face")


class LookalikeIn(ResultCountsIn, FaceSourceIn):
    """A search, for validation whatever the media type."""


class SimilarityOut(Shape):
    """The similarity to the face that was searched with."""

    distance = serializers.FloatField(help_text="cosine distance, 0..2")
    probability = serializers.FloatField(help_text="probability of the same person, 0..1")


class NearPersonOut(SimilarityOut):
    """A similar person."""

    person = serializers.IntegerField(source="person.pk")
    name = serializers.CharField(source="person.name", allow_blank=True)
    face = serializers.IntegerField(source="face.pk", allow_null=True, help_text="the person's nearest face")


class NearFaceOut(SimilarityOut):
    """A similar face."""

    face = serializers.IntegerField(source="face.pk")
    image = serializers.IntegerField(source="face.image_id")
    person = serializers.IntegerField(source="face.person_id", allow_null=True)
    name = serializers.SerializerMethodField(help_text="empty: unnamed or unassigned")

    def get_name(self, found: NearFace) -> str:
        """Return the name of the face's person."""
        return found.face.person.name if found.face.person is not None else ""


class LookalikeOut(Shape):
    """Similar people and faces, the nearest first."""

    faces_found = BoxOut(many=True, help_text="faces in the picture, best first")
    chosen = serializers.IntegerField(source="selected", help_text="index of the face that was searched with")
    people = NearPersonOut(many=True)
    faces = NearFaceOut(many=True)


class BestOut(Shape):
    """The most similar face."""

    path_to_file = serializers.CharField(allow_null=True, help_text="path of the photo; null: no face found")
    name = serializers.CharField(allow_blank=True, help_text="name of the person; empty: unnamed")

    example = {"path_to_file": "2024/summer/beach.jpg"}


class FacesVerifyIn(Shape):
    """Two stored faces."""

    first_face = id_field()
    second_face = id_field()


class VerifyIn(Shape):
    """Two pictures or stored faces. Pictures are not stored."""

    first = serializers.FileField(required=False)
    second = serializers.FileField(required=False)
    first_face = id_field(required=False, help_text="a stored face in place of the first picture")
    second_face = id_field(required=False, help_text="a stored face in place of the second picture")
    first_index = index_field(help_text="a face of the first picture; omitted: the largest")
    second_index = index_field(help_text="a face of the second picture; omitted: the largest")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one source for each side."""
        for side in ("first", "second"):
            require_one(attrs, side, f"{side}_face")
        return attrs


class VerifyOut(Shape):
    """The comparison of two faces."""

    same = serializers.BooleanField(help_text="the distance is within the threshold")
    probability = serializers.FloatField(help_text="0..1, for equal numbers of same and different pairs")
    distance = serializers.FloatField(help_text="cosine distance, 0..2")
    threshold = serializers.FloatField()
    model = serializers.CharField(help_text="distances of different models can't be compared")
    first = BoxOut(source="first.box")
    second = BoxOut(source="second.box")

    example = {"same": True}
