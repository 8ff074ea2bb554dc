"""What may be meant: names, searches, people."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers.common import ids_field, row_id
from api.serializers.faces import FaceOut
from api.serializers.images import SearchQuery
from faces.models import Verdict


class NamesIn(serializers.Serializer[Any]):
    """What was typed so far."""

    q = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    limit = serializers.IntegerField(required=False, default=8, min_value=1, max_value=50)


class NameOut(serializers.Serializer[Any]):
    """Somebody with a name."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    face = serializers.IntegerField(source="shown_face_id", allow_null=True, help_text="to show beside it")
    face_count = serializers.IntegerField()


class NamesOut(serializers.Serializer[Any]):
    """People, the likeliest first."""

    people = NameOut(many=True)


class SuggestionsIn(SearchQuery):
    """The search so far."""


class ChoiceOut(serializers.Serializer[Any]):
    """Something that may be meant."""

    value = serializers.CharField(help_text="for the parameter that `part` names")
    label = serializers.CharField()  # type: ignore[assignment]  # every field has a label, and this a field of it


class SuggestedOut(serializers.Serializer[Any]):
    """What one part of a search offers for the last words."""

    part = serializers.CharField(help_text="a parameter of the search: person, album, date, place, camera")
    heading = serializers.CharField()
    choices = ChoiceOut(many=True)
    rest = serializers.CharField(allow_blank=True, help_text="`q` when one of them is chosen")


class SuggestionsOut(serializers.Serializer[Any]):
    """What the words typed so far may mean."""

    groups = SuggestedOut(many=True)


class LikelyOut(serializers.Serializer[Any]):
    """Somebody a face may be."""

    person = serializers.IntegerField()
    name = serializers.CharField()
    probability = serializers.FloatField(help_text="0..1")


class LikelyPeopleOut(serializers.Serializer[Any]):
    """Whom a face may show, the likeliest first; nobody of whom it was said that they are not it."""

    people = LikelyOut(many=True)


class WaitingFaceOut(FaceOut):
    """A face that is with nobody yet, and whom it most likely shows."""

    likely = LikelyOut(allow_null=True)


NAME_FOR = ["group", "face", "merge"]


class FaceNameIn(serializers.Serializer[Any]):
    """Who a face is."""

    name = serializers.CharField(max_length=200)
    meant = serializers.ChoiceField(
        choices=NAME_FOR,
        required=False,
        default="group",
        help_text="group: also the others of a group without a name; face: this one alone; "
        "merge: the group is the person who has the name already",
    )


class FacesNameIn(serializers.Serializer[Any]):
    """Who some faces are."""

    faces = ids_field()
    name = serializers.CharField(max_length=200)


class OtherIn(serializers.Serializer[Any]):
    """Another person."""

    other = row_id()


class PeopleShowIn(serializers.Serializer[Any]):
    """Who is hidden, or shown again."""

    people = ids_field()
    hidden = serializers.BooleanField()


class VerdictsIn(serializers.Serializer[Any]):
    """Of which faces or people."""

    face = row_id(required=False)
    person = row_id(required=False)


class VerdictOut(serializers.Serializer[Any]):
    """What somebody said of a face. No machine makes or removes it."""

    id = serializers.IntegerField(source="pk")
    face = serializers.IntegerField(source="face_id")
    person = serializers.IntegerField(source="person_id")
    kind = serializers.ChoiceField(
        choices=Verdict.Kind.choices, help_text="that it is this person, or is not"
    )
    by = serializers.CharField(source="by.username", default=None, allow_null=True)
    at = serializers.DateTimeField()
