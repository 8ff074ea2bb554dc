"""Shapes of the operations that explain recognition, and of live verification."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.common import Shape, id_field
from api.serializers.faces import BoxOut
from api.serializers.lookalike import index_field, require_one
from faces.services.searching.verification_base import LIFETIME
from faces.vision.pair_statistics import BIN_WIDTH, BINS, FALSE_RATES

MAX_BASE_CHARACTERS = 8_000


class DetectorsPictureIn(Shape):
    """A picture for all detectors."""

    picture = serializers.FileField()


class DetectorsImageIn(Shape):
    """A photo for all detectors."""

    image = id_field()


class DetectorsIn(Shape):
    """A picture or a photo, for validation whatever the media type."""

    picture = serializers.FileField(required=False)
    image = id_field(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one of the two."""
        if ("picture" in attrs) == ("image" in attrs):
            raise serializers.ValidationError({"picture": [_("Send a picture or the id of a photo.")]})
        return attrs


class BaseIn(Shape):
    """A picture whose face frames are compared with. It is not stored."""

    picture = serializers.FileField()
    face_index = index_field(help_text="a face of the picture; omitted: the largest")


class BaseOut(Shape):
    """The base for frames."""

    base = serializers.CharField(source="token", help_text="for `verify_frame`, with this account only")
    expires_in = serializers.SerializerMethodField(help_text="seconds until the base is no longer valid")
    faces_found = BoxOut(source="face.faces_found", many=True, help_text="faces in the picture, best first")
    selected = serializers.IntegerField(source="face.selected", help_text="index of the face of the base")

    example = {"base": "eyJ1c2VyIjoxMn0:1vP3xT:4nQ0p2Yk", "expires_in": LIFETIME, "selected": 0}

    def get_expires_in(self, _base: object) -> int:
        """Return the lifetime."""
        return LIFETIME


class FrameIn(Shape):
    """A frame of a camera, and either a base or a person to compare it with. The frame is not stored."""

    frame = serializers.FileField()
    base = serializers.CharField(
        required=False, max_length=MAX_BASE_CHARACTERS, help_text="from `verify_base`"
    )
    person = id_field(required=False, help_text="a person of the account in place of a base")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one of base and person."""
        return require_one(attrs, "base", "person")


class FrameOut(Shape):
    """The comparison of a frame."""

    same = serializers.BooleanField(help_text="the distance is within the threshold")
    probability = serializers.FloatField(help_text="0..1, for equal numbers of same and different pairs")
    distance = serializers.FloatField(help_text="cosine distance, 0..2; to a person: the mean")
    threshold = serializers.FloatField()
    model = serializers.CharField(help_text="distances of different models can't be compared")
    face = BoxOut(source="face.box", help_text="the largest face of the frame")

    example = {"same": True, "face": {"x": 0.31, "y": 0.22, "w": 0.3, "h": 0.41}}


class PairFiguresOut(Shape):
    """Figures of labelled pairs of faces."""

    pairs = serializers.IntegerField()
    accuracy = serializers.FloatField(help_text="correct answers in 10-fold cross-validation, 0..1")
    threshold = serializers.FloatField(help_text="mean threshold of the folds, a cosine distance")
    equal_error = serializers.FloatField(help_text="rate at which misses equal false matches")
    same = serializers.ListField(
        child=serializers.IntegerField(),
        help_text=f"pairs of one person by distance: {BINS} bins of {BIN_WIDTH}, the last one is open",
    )
    different = serializers.ListField(
        child=serializers.IntegerField(), help_text="pairs of two people, in the same bins"
    )
    roc = serializers.ListField(
        child=serializers.FloatField(),
        help_text="share of same pairs within the distance that these shares of different ones reach: "
        + ", ".join(f"{rate:g}" for rate in FALSE_RATES),
    )

    example = {
        "pairs": 3000,
        "accuracy": 0.994,
        "threshold": 0.566,
        "equal_error": 0.007,
        "same": [0, 12, 40],
        "different": [0, 0, 3],
        "roc": [0.987, 0.993, 1.0],
    }


class MeasuredPairsOut(Shape):
    """Figures of the model on a public set of pictures."""

    dataset = serializers.CharField(
        source="data", help_text="lfw: news photos; orl: head shots of 23 x 28 pixels"
    )
    people = serializers.IntegerField()
    pictures = serializers.IntegerField()
    figures = PairFiguresOut()

    example = {"dataset": "lfw", "people": 624, "pictures": 2133}


class OwnPairsOut(Shape):
    """Figures of the account's confirmed faces, of which at most 600 count."""

    people = serializers.IntegerField()
    faces = serializers.IntegerField()
    same = serializers.IntegerField(help_text="pairs of one person")
    different = serializers.IntegerField(help_text="pairs of two people")
    missed = serializers.FloatField(help_text="share of the same pairs beyond the model's threshold, 0..1")
    passed = serializers.FloatField(help_text="share of the different pairs within it, 0..1")
    figures = PairFiguresOut(allow_null=True, help_text="null: fewer than 20 pairs of a kind")

    example = {
        "people": 24,
        "faces": 180,
        "same": 620,
        "different": 15490,
        "missed": 0.004,
        "passed": 0.001,
    }


class CertaintyOut(Shape):
    """The certainty of comparisons with the account's model."""

    model = serializers.CharField()
    threshold = serializers.FloatField(
        source="calibration.threshold", help_text="cosine distance at which the probability is 50 %"
    )
    measured = MeasuredPairsOut(many=True)
    own = OwnPairsOut()
