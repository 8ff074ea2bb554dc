"""Files that become photos."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from albums.models import Image, UnpackedFile
from albums.services.uploading.uploads import StoreStatus
from api.serializers.common import row_id

MOST_HASHES = 1000
LONGEST_NAME = 4096


class NewImageIn(serializers.Serializer[Any]):
    """A photo that is sent at once. For large files, and many: see uploads."""

    file = serializers.FileField(allow_empty_file=True)
    path = serializers.CharField(
        required=False, max_length=LONGEST_NAME, help_text="its name with folders; left out: the file's own"
    )
    album = row_id(required=False, help_text="an album that it goes into")


class HashesIn(serializers.Serializer[Any]):
    """Files, by the SHA-256 of their bytes."""

    sha256 = serializers.ListField(
        child=serializers.RegexField(r"^[0-9a-f]{64}$"), allow_empty=False, max_length=MOST_HASHES
    )


class KnownOut(serializers.Serializer[Any]):
    """A file that is there already."""

    sha256 = serializers.CharField()
    image = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Image.State.choices)
    binned = serializers.BooleanField()


class HashesOut(serializers.Serializer[Any]):
    """Which of the files are there already; the others may be sent."""

    known = KnownOut(many=True)


class UploadIn(serializers.Serializer[Any]):
    """A file that is going to be sent in pieces."""

    name = serializers.CharField(max_length=LONGEST_NAME, help_text="with its folders")
    size = serializers.IntegerField(min_value=0, max_value=2**53)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="of all its bytes")
    album = row_id(required=False, allow_null=True, default=None)


# What an upload waits for, and how a file may have ended.
UPLOAD_STATUSES = ["go_on", "unpacking", "unpacked", *map(str, StoreStatus)]


class UploadOut(serializers.Serializer[Any]):
    """Where a file stands."""

    status = serializers.ChoiceField(
        choices=UPLOAD_STATUSES, help_text="go_on: send from `offset`; unpacking: a zip; else it has ended"
    )
    id = serializers.UUIDField(allow_null=True, help_text="null: it has ended")
    offset = serializers.IntegerField(allow_null=True)
    size = serializers.IntegerField(allow_null=True)
    image = serializers.IntegerField(allow_null=True, help_text="what it has become")
    reason = serializers.CharField(allow_blank=True, help_text="a stable code: why it was refused")
    detail = serializers.CharField(allow_blank=True, help_text="the same for people")


class UnpackedFileOut(serializers.Serializer[Any]):
    """What became of one file in a zip."""

    position = serializers.IntegerField(help_text="in the zip, from 0")
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=UnpackedFile.Status.choices)
    image = serializers.IntegerField(source="image_id", allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="a stable code: why it was refused")
    detail = serializers.CharField(source="why", allow_blank=True, help_text="the same for people")
