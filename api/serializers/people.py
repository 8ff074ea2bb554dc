"""Shapes of people."""

from rest_framework import serializers

from albums.validators import validate_birth_date
from api.serializers.common import Shape, counts, id_field, ids_field, optional_text, values_field
from api.serializers.faces import CandidateOut


class PersonOut(Shape):
    """A person. An unnamed group of faces is a person with an empty name."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(help_text="empty: an unnamed group")
    hidden = serializers.BooleanField()
    birth_date = serializers.DateField(allow_null=True)
    cover = serializers.IntegerField(
        source="shown_face_id",
        allow_null=True,
        help_text="the cover face; the best face while the photo of the cover is in the bin",
    )
    face_count = serializers.IntegerField()
    photo_count = serializers.IntegerField()

    example = {"cover": 881, "photo_count": 228}


class PersonIn(Shape):
    """Changes to a person. Omitted fields stay unchanged."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    birth_date = serializers.DateField(required=False, allow_null=True, validators=[validate_birth_date])
    hidden = serializers.BooleanField(required=False)
    cover = id_field(required=False, help_text="a face of the person")


class PeopleQuery(Shape):
    """Filters of the list of people."""

    named = serializers.BooleanField(
        allow_null=True, default=None, help_text="named or unnamed people; omitted: both"
    )
    hidden = serializers.BooleanField(default=False)
    q = optional_text(200, help_text="part of a name; accents are ignored")


class MergeIn(Shape):
    """People to merge into a person."""

    others = ids_field()
    contradicted = serializers.BooleanField(default=False, help_text="merge despite contradicting verdicts")
    twice = serializers.BooleanField(
        default=False, help_text="allow the person twice in the photos that the people share"
    )


class OthersQuery(Shape):
    """People that would be merged into a person."""

    others = values_field(id_field())


class MergePreviewOut(Shape):
    """Photos that people share, and what merging them would do."""

    photos = serializers.IntegerField()
    faces = serializers.IntegerField(help_text="faces that would become unassigned, unless `twice`")
    shown = serializers.IntegerField(
        source="shown.pk", default=None, allow_null=True, help_text="the newest of the photos"
    )

    example = {"photos": 11, "faces": 7, "shown": 512}


class OtherIn(Shape):
    """Another person."""

    other = id_field()


class PeopleShowIn(Shape):
    """People to hide or to show again."""

    people = ids_field()
    hidden = serializers.BooleanField()


class NamesQuery(Shape):
    """The beginning of a name."""

    q = optional_text(200)
    person = serializers.IntegerField(
        required=False, allow_null=True, help_text="also suggest names for this person"
    )
    limit = serializers.IntegerField(default=8, min_value=1, max_value=50)


class NameOut(Shape):
    """A named person."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    face = serializers.IntegerField(source="shown_face_id", allow_null=True, help_text="a face to display")
    face_count = serializers.IntegerField()


class SuggestedNameOut(Shape):
    """A name that another program had in photos of a person, and in how many of them."""

    name = serializers.CharField()
    photos = serializers.IntegerField()

    example = {"name": "Anna", "photos": 12}


class NamesOut(Shape):
    """Matching people, best match first, and names that another program had in photos of `person`."""

    people = NameOut(many=True)
    suggested = SuggestedNameOut(many=True)


class TogetherOut(Shape):
    """A person in the same photos."""

    person = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    photos = serializers.IntegerField()

    example = {"person": 13, "name": "Ben Castillo", "photos": 61}


class AroundOut(Shape):
    """People who look similar, and people in the same photos."""

    similar = CandidateOut(many=True)
    together = TogetherOut(many=True)


class ErasedOut(Shape):
    """Deleted rows."""

    erased = counts(help_text="by kind")
