"""Shapes of age and gender: of a face, and as a setting."""

from rest_framework import serializers

from api.serializers.common import Shape, counts


class AgeOut(Shape):
    """The age of a person in a photo, in whole years."""

    years = serializers.IntegerField()
    low = serializers.IntegerField(help_text="the true age is between `low` and `high` in 80 % of the cases")
    high = serializers.IntegerField()
    estimated = serializers.BooleanField(help_text="false: computed from the birth date")

    example = {"years": 34, "low": 26, "high": 44, "estimated": True}


class GenderOut(Shape):
    """The estimated gender of an adult."""

    value = serializers.ChoiceField(choices=["female", "male"])
    probability = serializers.FloatField(help_text="probability that the estimate is right, 0..1")

    example = {"value": "female", "probability": 0.97}


class AttributesIn(Shape):
    """The new state of age and gender."""

    enabled = serializers.BooleanField()


class AttributesStateOut(AttributesIn):
    """The state of age and gender, and the progress of the estimates."""

    available = serializers.BooleanField(help_text="the model is installed on this server")
    done = serializers.IntegerField(help_text="estimated faces")
    total = serializers.IntegerField(help_text="faces to estimate in all; 0 while it is off")

    example = {"enabled": True, "available": True, "done": 180, "total": 231}


class AttributesOut(AttributesIn):
    """The state of age and gender, and what was erased by turning them off."""

    erased = counts(allow_null=True, help_text="deleted rows by kind; null: nothing was deleted")

    example = {"enabled": False, "erased": {"estimates": 231}}
