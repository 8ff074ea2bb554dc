"""Shapes of uploads."""

from rest_framework import serializers

from albums.models import Image, UnpackedFile
from albums.services.uploading.uploads import StoreStatus
from api.serializers.common import Shape, id_field

MAX_HASHES = 1000
MAX_PATH_LENGTH = 4096
SHA256 = r"^[0-9a-f]{64}$"
UPLOAD_STATUSES = ["go_on", "unpacking", "unpacked", *map(str, StoreStatus)]


class NewImageIn(Shape):
    """A photo uploaded in one request. For many or large files, use resumable uploads."""

    file = serializers.FileField(allow_empty_file=True)
    path = serializers.CharField(
        required=False,
        max_length=MAX_PATH_LENGTH,
        help_text="name with folders; omitted: the name of the file",
    )
    album = id_field(required=False, help_text="an album to add the photo to")


class HashesIn(Shape):
    """Files by the SHA-256 of their content."""

    sha256 = serializers.ListField(
        child=serializers.RegexField(SHA256), allow_empty=False, max_length=MAX_HASHES
    )


class KnownOut(Shape):
    """A file that is in the library."""

    sha256 = serializers.CharField()
    image = serializers.IntegerField(source="pk")
    state = serializers.ChoiceField(choices=Image.State.choices)
    binned = serializers.BooleanField()

    example = {"state": "ready"}


class HashesOut(Shape):
    """The files that are in the library. The others can be uploaded."""

    known = KnownOut(many=True)


class UploadIn(Shape):
    """A file to upload in pieces."""

    name = serializers.CharField(max_length=MAX_PATH_LENGTH, help_text="name with folders")
    size = serializers.IntegerField(min_value=0, max_value=2**53)
    sha256 = serializers.RegexField(SHA256, help_text="hash of the whole file")
    album = id_field(allow_null=True, default=None)


class UploadOut(Shape):
    """The state of an upload."""

    status = serializers.ChoiceField(
        choices=UPLOAD_STATUSES,
        help_text="go_on: send the next piece from `offset`; unpacking: a zip is being unpacked; "
        "other values are final",
    )
    id = serializers.UUIDField(allow_null=True, help_text="null: the upload has ended")
    offset = serializers.IntegerField(allow_null=True)
    size = serializers.IntegerField(allow_null=True)
    image = serializers.IntegerField(allow_null=True, help_text="the resulting photo")
    reason = serializers.CharField(allow_blank=True, help_text="a stable code: why the file was refused")
    detail = serializers.CharField(allow_blank=True, help_text="the reason in words")

    example = {
        "status": "go_on",
        "id": "0f0c7a52-6c1c-4a52-9d1a-6a3f2b8f3c11",
        "image": None,
    }


class UnpackedFileOut(Shape):
    """The result for one file of a zip."""

    position = serializers.IntegerField(help_text="position in the zip, from 0")
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=UnpackedFile.Status.choices)
    image = serializers.IntegerField(source="image_id", allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="a stable code: why the file was refused")
    detail = serializers.CharField(source="why", allow_blank=True, help_text="the reason in words")

    example = {
        "name": "2024/notes.txt",
        "status": "refused",
        "image": None,
        "reason": "not_an_image",
        "detail": "This file is not a picture.",
    }
