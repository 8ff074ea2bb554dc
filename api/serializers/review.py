"""The review queue, and the journal of changes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from faces.models import Change
from faces.services.reviewing.candidates import Kind
from faces.services.reviewing.queue import Answer

ANSWERS = [str(one) for one in Answer]
QUESTION_KINDS = [str(one) for one in Kind]
MOST_ANSWERS = 500
MOST_QUESTIONS = 100


class ChangeOut(serializers.Serializer[Any]):
    """One thing that was done to people or faces, and can be undone."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(choices=Change.Kind.choices)
    summary = serializers.CharField()
    by = serializers.CharField(
        source="by.username", default=None, allow_null=True, help_text="null: done without anybody"
    )
    at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class EvidenceOut(serializers.Serializer[Any]):
    """A face shown with a question."""

    face = serializers.IntegerField(source="face.pk")
    image = serializers.IntegerField(source="face.image_id")
    confirmed = serializers.BooleanField(help_text="somebody has said that it is this person")
    probability = serializers.FloatField(allow_null=True, min_value=0, max_value=1)


class AskedPersonOut(serializers.Serializer[Any]):
    """The person of a question."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class SideOut(serializers.Serializer[Any]):
    """One of the things that are compared."""

    person = AskedPersonOut(allow_null=True, help_text="null: a face that is with nobody")
    face_count = serializers.IntegerField()
    faces = EvidenceOut(many=True)


class QuestionOut(serializers.Serializer[Any]):
    """A question; `key` is what an answer names."""

    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=QUESTION_KINDS)
    text = serializers.CharField()
    settles = serializers.IntegerField(help_text="faces that one answer settles")
    probability = serializers.FloatField(
        allow_null=True, min_value=0, max_value=1, help_text="that the answer is yes"
    )
    skipped = serializers.BooleanField()
    sides = SideOut(many=True)


class ChangesIn(serializers.Serializer[Any]):
    """Which changes."""

    kind = serializers.ChoiceField(
        choices=Change.Kind.choices,
        required=False,
        help_text="run: what groupings did, to be undone with them",
    )
    undone = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="left out: both"
    )


class ReviewIn(serializers.Serializer[Any]):
    """How many questions."""

    limit = serializers.IntegerField(required=False, default=20, min_value=1, max_value=MOST_QUESTIONS)


class ReviewOut(serializers.Serializer[Any]):
    """The next questions."""

    open = serializers.IntegerField(help_text="questions")
    complete = serializers.BooleanField(help_text="false: single faces were not counted, and follow")
    results = QuestionOut(many=True)


class AnswerIn(serializers.Serializer[Any]):
    """One answer."""

    key = serializers.CharField(max_length=100)
    answer = serializers.ChoiceField(
        choices=ANSWERS,
        help_text="other: only the second of two in a photo",
    )


class AnswersIn(serializers.Serializer[Any]):
    """Answers, which become one change."""

    answers = serializers.ListField(child=AnswerIn(), allow_empty=False, max_length=MOST_ANSWERS)


class AnswersOut(serializers.Serializer[Any]):
    """What became of them."""

    change = ChangeOut(allow_null=True, help_text="null: nothing differs")
    given = serializers.ListField(child=serializers.CharField())
    gone = serializers.ListField(child=serializers.CharField(), help_text="no longer open; not answered")


class SkipOut(serializers.Serializer[Any]):
    """The question that was put off."""

    key = serializers.CharField()


class SkipIn(serializers.Serializer[Any]):
    """The question that is put off."""

    key = serializers.CharField(max_length=100)
