"""People and faces."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers.common import ids_field, row_id


class PersonOut(serializers.Serializer[Any]):
    """Somebody seen in photos. A group that nobody has named yet is a person with an empty name."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(help_text="empty: a group that nobody has named yet")
    hidden = serializers.BooleanField()
    birth_date = serializers.DateField(allow_null=True)
    cover = serializers.IntegerField(
        source="cover_shown", allow_null=True, help_text="the face that stands for them"
    )
    face_count = serializers.IntegerField()
    photo_count = serializers.IntegerField()


class PersonIn(serializers.Serializer[Any]):
    """What can be said of a person. Left out: it stays as it is."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    birth_date = serializers.DateField(required=False, allow_null=True)
    hidden = serializers.BooleanField(required=False)
    cover = row_id(required=False, help_text="one of their faces")


class PeopleIn(serializers.Serializer[Any]):
    """Which people."""

    named = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="or both")
    hidden = serializers.BooleanField(required=False, default=False)
    q = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=200,
        help_text="part of a name; accents do not count",
    )


class MergeIn(serializers.Serializer[Any]):
    """Who becomes one person with this one."""

    others = ids_field(help_text="people")
    contradicted = serializers.BooleanField(default=False, help_text="also against what was said before")


class FacesIn(serializers.Serializer[Any]):
    """Some faces."""

    faces = ids_field()


class FacesOut(serializers.Serializer[Any]):
    """Some faces."""

    faces = serializers.ListField(child=serializers.IntegerField())


class AssignIn(FacesIn):
    """Whose faces these are."""

    person = row_id(allow_null=True, help_text="null: somebody new")


class RejectIn(FacesIn):
    """Whose faces these are not."""

    person = row_id(required=False, allow_null=True, help_text="left out: the people they are with")


class RepeatsIn(serializers.Serializer[Any]):
    """Whether somebody may be in a photo twice: a mirror, a collage."""

    allowed = serializers.BooleanField()


class RepeatsOut(serializers.Serializer[Any]):
    """Whether somebody may be in a photo twice."""

    allowed = serializers.BooleanField()


class SimilarOut(serializers.Serializer[Any]):
    """Somebody who looks like a person."""

    person = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    probability = serializers.FloatField(help_text="that it is the same person, 0..1")


class TogetherOut(serializers.Serializer[Any]):
    """Somebody who is in the same photos."""

    person = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    photos = serializers.IntegerField()


class AroundOut(serializers.Serializer[Any]):
    """Who is near a person."""

    similar = SimilarOut(many=True)
    together = TogetherOut(many=True)


class ErasedOut(serializers.Serializer[Any]):
    """What was erased."""

    erased = serializers.DictField(child=serializers.IntegerField(), help_text="rows by kind")
