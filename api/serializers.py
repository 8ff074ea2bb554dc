"""What goes in and out as JSON. Only shapes: what is done with them is for the services."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from faces.models import Person
from faces.services.review import Answer

MOST_IDS = 10_000
MOST_ANSWERS = 500


def ids_field() -> serializers.ListField:
    """Ids of rows, at least one."""
    child = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    return serializers.ListField(child=child, allow_empty=False, max_length=MOST_IDS)


class PersonOut(serializers.Serializer[Any]):
    """A person. Counts are there in lists and on their own address."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    hidden = serializers.BooleanField()
    birth_date = serializers.DateField()
    cover = serializers.SerializerMethodField()
    face_count = serializers.IntegerField(required=False)
    photo_count = serializers.IntegerField(required=False)

    def get_cover(self, person: Person) -> int | None:
        """A face's id; null while its photo is in the bin, where nobody sees it."""
        return None if person.cover is None or person.cover.binned else person.cover.pk


class PersonIn(serializers.Serializer[Any]):
    """What can be said of a person. Left out: it stays as it is."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    birth_date = serializers.DateField(required=False, allow_null=True)
    hidden = serializers.BooleanField(required=False)
    cover = serializers.IntegerField(required=False, min_value=1)


class MergeIn(serializers.Serializer[Any]):
    """others: ids of the people who become this one. contradicted: also against what was said before."""

    others = ids_field()
    contradicted = serializers.BooleanField(default=False)


class FacesIn(serializers.Serializer[Any]):
    """faces: ids."""

    faces = ids_field()


class AssignIn(FacesIn):
    """person: an id, or null for somebody new."""

    person = serializers.IntegerField(allow_null=True, min_value=1)


class RejectIn(FacesIn):
    """person: whom the faces do not show; left out, the people they are with."""

    person = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class RepeatsIn(serializers.Serializer[Any]):
    """allowed: somebody may be in this photo twice."""

    allowed = serializers.BooleanField()


class ChangeOut(serializers.Serializer[Any]):
    """One thing that was done. by: an account's name, null for what was done without anybody."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    summary = serializers.CharField()
    by = serializers.CharField(source="by.username", default=None)
    at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField()


class EvidenceOut(serializers.Serializer[Any]):
    """A face shown with a question."""

    face = serializers.IntegerField(source="face.pk")
    photo = serializers.IntegerField(source="face.image_id")
    confirmed = serializers.BooleanField()
    probability = serializers.FloatField()


class SideOut(serializers.Serializer[Any]):
    """One of the things that are compared. person: null for a face that is with nobody."""

    person = PersonOut(allow_null=True)
    face_count = serializers.IntegerField()
    faces = EvidenceOut(many=True)


class QuestionOut(serializers.Serializer[Any]):
    """A question; `key` is what an answer names."""

    key = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    settles = serializers.IntegerField()
    probability = serializers.FloatField()
    skipped = serializers.BooleanField()
    sides = SideOut(many=True)


class AnswerIn(serializers.Serializer[Any]):
    """One answer."""

    key = serializers.CharField(max_length=100)
    answer = serializers.ChoiceField(choices=[str(one) for one in Answer])


class AnswersIn(serializers.Serializer[Any]):
    """Answers, which become one change."""

    answers = serializers.ListField(child=AnswerIn(), allow_empty=False, max_length=MOST_ANSWERS)


class SkipIn(serializers.Serializer[Any]):
    """The question that is put off."""

    key = serializers.CharField(max_length=100)
