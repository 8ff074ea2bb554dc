"""Shapes of faces and of the decisions about them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.attributes import AgeOut, GenderOut
from api.serializers.common import Shape, id_field, ids_field, optional_text, values_field
from faces.models import Face, Verdict
from faces.services.attributes.ages import face_age, face_gender
from faces.services.searching.age_search import ages_of_value

NAME_FOR = ["group", "face", "merge"]


class BoxOut(Shape):
    """The position of a face, relative (0..1) to the size of the upright photo."""

    x = serializers.FloatField(help_text="left edge")
    y = serializers.FloatField(help_text="top edge")
    w = serializers.FloatField()
    h = serializers.FloatField()


class BoxIn(Shape):
    """The position of a face, relative (0..1) to the size of the upright photo."""

    x = serializers.FloatField(min_value=0.0, max_value=1.0)
    y = serializers.FloatField(min_value=0.0, max_value=1.0)
    w = serializers.FloatField(min_value=0.0, max_value=1.0)
    h = serializers.FloatField(min_value=0.0, max_value=1.0)


class FaceOut(Shape):
    """A face in a photo."""

    id = serializers.IntegerField(source="pk")
    image = serializers.IntegerField(source="image_id")
    person = serializers.IntegerField(source="person_id", allow_null=True, help_text="null: unassigned")
    box = BoxOut(source="*")
    score = serializers.FloatField(help_text="confidence of the detector, 0..1")
    quality = serializers.FloatField(help_text="suitability for recognition, 0..1")
    poor_reason = serializers.CharField(allow_blank=True, help_text="a stable code for a low quality")
    dismissed = serializers.BooleanField(help_text="marked as no face")
    drawn = serializers.BooleanField(help_text="drawn by hand")
    confirmed = serializers.BooleanField(help_text="confirmed by a user")
    age = AgeOut(
        allow_null=True,
        help_text="the age in this photo: computed from the person's birth date, or estimated; null: unknown",
    )
    gender = GenderOut(allow_null=True, help_text="null: unknown, uncertain, or a child")

    example = {"id": 881, "confirmed": True}

    def to_representation(self, instance: Face) -> dict[str, Any]:
        """Return the face as JSON, with the age and the gender that its related rows tell."""
        gender = face_gender(instance)
        instance.age = face_age(instance)  # type: ignore[attr-defined]
        instance.gender = gender and {  # type: ignore[attr-defined]
            "value": "male" if gender.male else "female",
            "probability": gender.probability,
        }
        data: dict[str, Any] = super().to_representation(instance)
        return data


class FacesQuery(Shape):
    """Filters of the list of faces."""

    image = id_field(required=False, help_text="faces in this photo")
    person = id_field(required=False, help_text="faces of this person")
    waiting = serializers.BooleanField(default=False, help_text="unassigned faces only")
    dismissed = serializers.BooleanField(default=False)
    age = values_field(
        serializers.CharField(max_length=40),
        help_text="faces of people of any of these ages, known or estimated: 34, 30-40, 60-, children "
        "(0 to 12), teenagers (13 to 17), adults",
    )

    def validate_age(self, values: list[str]) -> list[str]:
        """Refuse what is no age."""
        if unknown := [value for value in values if ages_of_value(value) is None]:
            message = _("Not an age: %(age)s. Use 34, 30-40, 60-, children, teenagers or adults.")
            raise serializers.ValidationError(message % {"age": unknown[0]})
        return values


class FaceDrawIn(Shape):
    """A face that the detector missed."""

    box = BoxIn()
    name = optional_text(200)


class FaceDrawOut(Shape):
    """The new face."""

    face = FaceOut()
    found = serializers.BooleanField(help_text="the detector found it, too: box and landmarks are exact")

    example = {"found": True}


class FacesIn(Shape):
    """Several faces."""

    faces = ids_field()


class FacesOut(Shape):
    """Several faces."""

    faces = serializers.ListField(child=serializers.IntegerField())


class AssignIn(FacesIn):
    """Faces and the person to assign them to."""

    person = id_field(allow_null=True, help_text="null: a new person")


class RejectIn(FacesIn):
    """Faces and the person they do not show."""

    person = id_field(required=False, allow_null=True, help_text="omitted: the person assigned to each")


class FaceNameIn(Shape):
    """The name of the person a face shows."""

    name = serializers.CharField(max_length=200)
    meant = serializers.ChoiceField(
        choices=NAME_FOR,
        default="group",
        help_text="group: the whole unnamed group of the face; face: this face only; "
        "merge: merge the group into the person who has the name",
    )


class FacesNameIn(FacesIn):
    """Several faces and the name of the person they show."""

    name = serializers.CharField(max_length=200)


class RepeatsIn(Shape):
    """Permission for the same person to appear twice in a photo, such as in a mirror or collage."""

    allowed = serializers.BooleanField()


class RepeatsOut(RepeatsIn):
    """Permission for the same person to appear twice in a photo."""


class CandidateOut(Shape):
    """A person a face may show."""

    person = serializers.IntegerField(source="person_id")
    name = serializers.CharField(allow_blank=True)
    probability = serializers.FloatField(help_text="probability of the same person, 0..1")


class CandidatesOut(Shape):
    """Named people a face may show, the most probable first. Rejected people are excluded."""

    people = CandidateOut(many=True)


class UnassignedFaceOut(FaceOut):
    """An unassigned face and the named person it most probably shows."""

    likely = CandidateOut(allow_null=True)

    example = {**FaceOut.example, "person": None, "confirmed": False}


class VerdictsQuery(Shape):
    """Filters of the list of verdicts."""

    face = id_field(required=False)
    person = id_field(required=False)


class VerdictOut(Shape):
    """A user's decision about a face. Automatic grouping never adds or removes one."""

    id = serializers.IntegerField(source="pk")
    face = serializers.IntegerField(source="face_id")
    person = serializers.IntegerField(source="person_id")
    kind = serializers.ChoiceField(choices=Verdict.Kind.choices, help_text="shows the person, or does not")
    by = serializers.CharField(source="by.username", default=None, allow_null=True)
    at = serializers.DateTimeField()
