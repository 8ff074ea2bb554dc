"""Shapes of look-alike searches and comparisons of two faces."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.common import Shape, counts, id_field, optional_text
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


def verifier_field() -> serializers.CharField:
    """Return a field for the name of a trained verifier."""
    return optional_text(40, help_text="a trained model, see `verifiers_list`; empty: the distance decides")


class FacesVerifyIn(Shape):
    """Two stored faces."""

    first_face = id_field()
    second_face = id_field()
    verifier = verifier_field()


class VerifyIn(Shape):
    """Two pictures or stored faces. Pictures are not stored."""

    first = serializers.FileField(required=False)
    second = serializers.FileField(required=False)
    first_face = id_field(required=False, help_text="a stored face in place of the first picture")
    second_face = id_field(required=False, help_text="a stored face in place of the second picture")
    first_index = index_field(help_text="a face of the first picture; omitted: the largest")
    second_index = index_field(help_text="a face of the second picture; omitted: the largest")
    verifier = verifier_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one source for each side."""
        for side in ("first", "second"):
            require_one(attrs, side, f"{side}_face")
        return attrs


class VerifyOut(Shape):
    """The comparison of two faces."""

    same = serializers.BooleanField(help_text="the distance is within the threshold, or the verifier says so")
    probability = serializers.FloatField(help_text="0..1, for equal numbers of same and different pairs")
    distance = serializers.FloatField(help_text="cosine distance, 0..2")
    threshold = serializers.FloatField()
    model = serializers.CharField(help_text="distances of different models can't be compared")
    verifier = serializers.CharField(
        allow_blank=True,
        help_text="the trained model that gave the probability; empty: the distance",
    )
    first = BoxOut(source="first.box")
    second = BoxOut(source="second.box")

    example = {"same": True, "verifier": ""}


class VerifierMeasuresOut(Shape):
    """A test on pairs of faces of people who were not trained on; both kinds of pairs weigh the same."""

    loss = serializers.FloatField(help_text="mean of -log(probability of the right answer)")
    auc = serializers.FloatField(help_text="area under the ROC, 0..1")
    accuracy = serializers.FloatField(help_text="share of right answers at a probability of 0.5")
    threshold = serializers.FloatField(allow_null=True, help_text="cosine distance; null: a trained model")
    false_matches = serializers.FloatField(help_text="share of the pairs of two people")
    false_non_matches = serializers.FloatField(help_text="share of the pairs of one person")
    pairs_same = serializers.IntegerField()
    pairs_different = serializers.IntegerField()
    roc = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        help_text="points: share of false matches, share of true matches",
    )
    same = serializers.ListField(
        child=serializers.FloatField(), help_text="shares of pairs of one person by probability, equal bins"
    )
    different = serializers.ListField(
        child=serializers.FloatField(), help_text="shares of pairs of two people by probability, equal bins"
    )

    example = {
        "loss": 0.091,
        "auc": 0.9967,
        "accuracy": 0.964,
        "threshold": None,
        "false_matches": 0.034,
        "false_non_matches": 0.038,
        "pairs_same": 360,
        "pairs_different": 2800,
        "roc": [[0.0, 0.0], [0.01, 0.94], [1.0, 1.0]],
        "same": [0.04, 0.96],
        "different": [0.97, 0.03],
    }


class VerifierOut(Shape):
    """A trained model for the comparison of two faces, with its test beside that of the distance."""

    name = serializers.CharField()
    model = serializers.CharField(source="embedder", help_text="the embedder whose vectors it compares")
    trained_at = serializers.DateTimeField()
    people = counts(source="metrics.people", help_text="people to train on, to choose by, and to test")
    verifier = VerifierMeasuresOut(source="metrics.verifier")
    distance = VerifierMeasuresOut(source="metrics.distance")

    example = {"name": "orl", "people": {"train": 24, "validation": 8, "test": 8}}


class VerifiersOut(Shape):
    """The trained models, by name."""

    verifiers = VerifierOut(many=True)
