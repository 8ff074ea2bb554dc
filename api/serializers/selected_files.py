"""Files that are selected for an upload."""

from rest_framework import serializers

from api.serializers.common import Shape, id_field
from api.serializers.uploads import MAX_PATH_LENGTH

MAX_SELECTED = 1000


class ChoiceIn(Shape):
    """A file by its name and size."""

    name = serializers.CharField(max_length=MAX_PATH_LENGTH, help_text="name with folders, as in the upload")
    size = serializers.IntegerField(min_value=0, max_value=2**53)


class SelectIn(Shape):
    """Files that are going to be sent."""

    files = ChoiceIn(many=True, max_length=MAX_SELECTED)  # type: ignore[call-arg]  # of the list
    album = id_field(allow_null=True, default=None)


class UnselectIn(Shape):
    """Files that are not going to be sent."""

    files = ChoiceIn(many=True, max_length=MAX_SELECTED, allow_null=True, default=None)  # type: ignore[call-arg]


class SelectedFileOut(Shape):
    """A file that was selected and not sent yet."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField(source="size_bytes")
    album = serializers.IntegerField(source="album_id", allow_null=True)
    selected_at = serializers.DateTimeField()

    example = {"name": "2024/IMG_0001.jpg", "size": 3145728, "album": None}


class ListedOut(Shape):
    """The number of listed files."""

    listed = serializers.IntegerField()
