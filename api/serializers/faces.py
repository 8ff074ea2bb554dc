"""Faces, searches with them, and comparisons."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.common import row_id


def share() -> serializers.FloatField:
    """A part of a whole."""
    return serializers.FloatField(min_value=0.0, max_value=1.0)


class BoxOut(serializers.Serializer[Any]):
    """Where a face is, as shares of the upright picture's width and height."""

    x = serializers.FloatField(help_text="of the left side")
    y = serializers.FloatField(help_text="of the upper side")
    w = serializers.FloatField()
    h = serializers.FloatField()


class BoxIn(serializers.Serializer[Any]):
    """Where a face is, as shares of the upright picture's width and height."""

    x = share()
    y = share()
    w = share()
    h = share()


class FaceOut(serializers.Serializer[Any]):
    """A face in a photo."""

    id = serializers.IntegerField(source="pk")
    image = serializers.IntegerField(source="image_id")
    person = serializers.IntegerField(source="person_id", allow_null=True, help_text="null: it waits")
    box = BoxOut(source="*")
    score = serializers.FloatField(help_text="how sure the detector is, 0..1")
    quality = serializers.FloatField(help_text="how well it can be recognised, 0..1")
    poor_reason = serializers.CharField(allow_blank=True, help_text="a stable code: why it can hardly be")
    dismissed = serializers.BooleanField(help_text="it was said that this is no face")
    drawn = serializers.BooleanField(help_text="by hand")
    confirmed = serializers.BooleanField(help_text="somebody said that it is this person")


class FacesQuery(serializers.Serializer[Any]):
    """Which faces."""

    image = row_id(required=False, help_text="in this photo")
    person = row_id(required=False, help_text="of this person")
    waiting = serializers.BooleanField(required=False, default=False, help_text="with nobody yet")
    dismissed = serializers.BooleanField(required=False, default=False)


class DrawIn(serializers.Serializer[Any]):
    """A face that no detector has found."""

    box = BoxIn()
    name = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)


class DrawOut(serializers.Serializer[Any]):
    """The face that was made."""

    face = FaceOut()
    found = serializers.BooleanField(help_text="the detector saw it, too: box and eyes are exact")


def index_field(**more: Any) -> serializers.IntegerField:
    """Which face of a picture."""
    return serializers.IntegerField(required=False, min_value=0, max_value=10_000, **more)


class PictureIn(serializers.Serializer[Any]):
    """A picture to search with, which is not kept."""

    picture = serializers.FileField()
    face_index = index_field(help_text="of the faces in it; left out: the largest")


class StoredFaceIn(serializers.Serializer[Any]):
    """A stored face to search with."""

    face = row_id()


class HowManyIn(serializers.Serializer[Any]):
    """How much is answered."""

    people = serializers.IntegerField(required=False, default=12, min_value=0, max_value=100)
    faces = serializers.IntegerField(required=False, default=24, min_value=0, max_value=200)


class PictureLookalikeIn(HowManyIn, PictureIn):
    """A picture to search with, which is not kept."""


class FaceLookalikeIn(HowManyIn, StoredFaceIn):
    """A stored face to search with."""


class EitherIn(serializers.Serializer[Any]):
    """A picture or a stored face, however it was sent."""

    picture = serializers.FileField(required=False)
    face = row_id(required=False)
    face_index = index_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("picture" in attrs) == ("face" in attrs):
            raise serializers.ValidationError({"picture": [_("Send a picture or name a face.")]})
        return attrs


class LookalikeIn(HowManyIn, EitherIn):
    """What is searched for, however it was sent."""


class NearPersonOut(serializers.Serializer[Any]):
    """Somebody who looks like it."""

    person = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    face = serializers.IntegerField(allow_null=True, help_text="the face of theirs that is nearest")
    distance = serializers.FloatField(help_text="cosine distance, 0..2")
    probability = serializers.FloatField(help_text="that it is the same person, 0..1")


class NearFaceOut(serializers.Serializer[Any]):
    """A face that looks like it."""

    face = serializers.IntegerField()
    image = serializers.IntegerField()
    person = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    distance = serializers.FloatField(help_text="cosine distance, 0..2")
    probability = serializers.FloatField(help_text="that it is the same person, 0..1")


class LookalikeOut(serializers.Serializer[Any]):
    """Who looks like it, nearest first."""

    faces_found = BoxOut(many=True, help_text="in the picture, best first")
    chosen = serializers.IntegerField(help_text="which of them was searched with")
    people = NearPersonOut(many=True)
    faces = NearFaceOut(many=True)


class BestOut(serializers.Serializer[Any]):
    """The most similar face."""

    path_to_file = serializers.CharField(allow_null=True, help_text="of the photo; null: there is no face")
    name = serializers.CharField(allow_blank=True, help_text="of the person; empty: nobody has named them")


class FacesVerifyIn(serializers.Serializer[Any]):
    """Two stored faces."""

    first_face = row_id()
    second_face = row_id()


class VerifyIn(serializers.Serializer[Any]):
    """Two pictures, which are not kept, or a picture and a stored face."""

    first = serializers.FileField(required=False)
    second = serializers.FileField(required=False)
    first_face = row_id(required=False, help_text="in place of the first picture")
    second_face = row_id(required=False, help_text="in place of the second picture")
    first_index = index_field(help_text="of the faces in the first picture; left out: the largest")
    second_index = index_field(help_text="of the faces in the second picture; left out: the largest")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of each."""
        for one in ("first", "second"):
            if (one in attrs) == (f"{one}_face" in attrs):
                raise serializers.ValidationError({one: [_("Send a picture or name a face.")]})
        return attrs


class VerifyOut(serializers.Serializer[Any]):
    """Whether two faces are one person."""

    same = serializers.BooleanField(help_text="the distance is within the threshold")
    probability = serializers.FloatField(help_text="0..1, where as many pairs are one person as are two")
    distance = serializers.FloatField(help_text="cosine distance, 0..2")
    threshold = serializers.FloatField()
    model = serializers.CharField(help_text="a distance means something for this one alone")
    first = BoxOut()
    second = BoxOut()
