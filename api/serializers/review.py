"""Shapes of the review queue and the history of changes."""

from rest_framework import serializers

from api.serializers.common import Shape, id_field
from faces.models import Change
from faces.question_texts import question_text
from faces.services.reviewing.answering import Answer
from faces.services.reviewing.evidence import Question
from faces.services.reviewing.kinds import Kind
from faces.services.reviewing.poor_faces import FACES_A_PAGE

ANSWERS = [str(one) for one in Answer]
QUESTION_KINDS = [str(one) for one in Kind]
MAX_ANSWERS = 500
MAX_QUESTIONS = 100


class ChangeOut(Shape):
    """A change to people or faces that can be undone."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(choices=Change.Kind.choices)
    summary = serializers.CharField()
    by = serializers.CharField(
        source="by.username", default=None, allow_null=True, help_text="null: an automatic change"
    )
    at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)

    example = {"id": 812, "kind": "name", "undone_at": None}


class ChangesQuery(Shape):
    """Filters of the history."""

    kind = serializers.ChoiceField(
        choices=Change.Kind.choices, required=False, help_text="run: changes made by a grouping"
    )
    undone = serializers.BooleanField(allow_null=True, default=None, help_text="omitted: both")


class EvidenceOut(Shape):
    """A face shown with a question."""

    face = serializers.IntegerField(source="face.pk")
    image = serializers.IntegerField(source="face.image_id")
    confirmed = serializers.BooleanField(help_text="confirmed by a user to be this person")
    probability = serializers.FloatField(allow_null=True, min_value=0, max_value=1)


class QuestionPersonOut(Shape):
    """The person of a question."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class SideOut(Shape):
    """One side of a comparison."""

    person = QuestionPersonOut(allow_null=True, help_text="null: an unassigned face")
    face_count = serializers.IntegerField()
    faces = EvidenceOut(many=True)


class QuestionTextField(serializers.CharField):
    """The text of a question in the client's language."""

    def to_representation(self, value: Question) -> str:  # type: ignore[override]  # all of it, by source
        """Return the text."""
        return question_text(value)


class QuestionOut(Shape):
    """A question about people or faces, answered by its `key`."""

    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=QUESTION_KINDS)
    text = QuestionTextField(source="*")
    settles = serializers.IntegerField(help_text="number of faces an answer affects")
    probability = serializers.FloatField(
        allow_null=True, min_value=0, max_value=1, help_text="of yes, by the faces alone"
    )
    chance = serializers.FloatField(
        min_value=0,
        max_value=1,
        help_text="that the answer changes something, by which questions are ordered",
    )
    skipped = serializers.BooleanField()
    sides = SideOut(many=True)

    example = {
        "kind": "same",
        "settles": 14,
        "sides": [
            {
                "person": {"id": 12, "name": "Anna Castillo"},
                "face_count": 230,
                "faces": [{"face": 881, "image": 512, "confirmed": True, "probability": 0.91}],
            },
            {
                "person": {"id": 40, "name": ""},
                "face_count": 14,
                "faces": [{"face": 2210, "image": 1733, "confirmed": False, "probability": 0.88}],
            },
        ],
    }


class ReviewQuery(Shape):
    """The number of questions, and which."""

    rest = serializers.BooleanField(
        default=False, help_text="also those that would most likely change nothing"
    )
    limit = serializers.IntegerField(default=20, min_value=1, max_value=MAX_QUESTIONS)


class ReviewOut(Shape):
    """The next questions of the review queue."""

    open = serializers.IntegerField(help_text="number of open questions")
    unlikely = serializers.IntegerField(
        help_text="further questions that would most likely change nothing, returned with `rest`"
    )
    results = QuestionOut(source="questions", many=True)

    example = {"open": 31, "unlikely": 12}


class AnswerIn(Shape):
    """The answer to a question."""

    key = serializers.CharField(max_length=100)
    answer = serializers.ChoiceField(
        choices=ANSWERS,
        help_text=(
            "other: of two faces in a photo, only the second is right; unknown: the user does not know these "
            "unnamed people"
        ),
    )
    faces = serializers.ListField(
        child=id_field(),
        default=list,
        max_length=FACES_A_PAGE,
        help_text="of a question of the kind face: those that are not faces. With yes the others are faces",
    )


class AnswersIn(Shape):
    """Answers, recorded as one change."""

    answers = serializers.ListField(child=AnswerIn(), allow_empty=False, max_length=MAX_ANSWERS)


class AnswersOut(Shape):
    """The result of the answers."""

    change = ChangeOut(allow_null=True, help_text="null: nothing changed")
    given = serializers.ListField(child=serializers.CharField(), help_text="keys of answered questions")
    gone = serializers.ListField(
        child=serializers.CharField(), help_text="keys of questions that are no longer open, not answered"
    )

    example = {"gone": []}


class SkipOut(Shape):
    """A skipped question."""

    key = serializers.CharField()


class SkipIn(Shape):
    """The question to skip."""

    key = serializers.CharField(max_length=100)
