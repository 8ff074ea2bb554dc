"""Shapes of similar photos."""

from rest_framework import serializers

from api.serializers.common import Shape, ids_field


class SimilarQuery(Shape):
    """The photos to compare, and the part of the list."""

    together = serializers.BooleanField(
        default=False,
        help_text="only photos taken within a minute after each other: the stacks that pages show as one",
    )
    offset = serializers.IntegerField(
        default=0, min_value=0, max_value=10_000_000, help_text="stacks to skip"
    )
    limit = serializers.IntegerField(default=20, min_value=1, max_value=100, help_text="stacks per page")


class StackedPhotoOut(Shape):
    """A photo of a stack. The best one of the stack comes first."""

    image = serializers.IntegerField(source="image.pk")
    sharpness = serializers.FloatField(help_text="0 or more; comparable within a stack")
    score = serializers.FloatField(help_text="sharpness, size and clear faces beside the others, 0 to 1")
    best = serializers.BooleanField()

    example = {"image": 512, "sharpness": 11.4, "score": 0.93, "best": True}


class StackOut(Shape):
    """Photos that look nearly the same."""

    photos = StackedPhotoOut(many=True)


class PhotoStackOut(StackOut):
    """The stack of a photo."""

    apart = serializers.BooleanField(help_text="the photo was taken out of its stack: there are no photos")

    example = {"apart": False}


class StacksOut(Shape):
    """Some stacks, those with the newest photos first."""

    results = StackOut(many=True)
    total = serializers.IntegerField(help_text="all stacks")
    waiting = serializers.IntegerField(help_text="photos that have not been compared yet")


class DifferentIn(Shape):
    """Photos that are different."""

    images = ids_field()


class DifferentOut(Shape):
    """A decision that photos are different."""

    id = serializers.IntegerField(source="pk")
    images = serializers.ListField(source="image_ids", child=serializers.IntegerField())

    example = {"id": 7, "images": [512, 513]}
