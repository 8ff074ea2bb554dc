"""What is kept of an account, how much room it takes, and what was erased."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class UseOut(serializers.Serializer[Any]):
    """One kind of thing."""

    kind = serializers.CharField(source="name", help_text="a stable code")
    label = serializers.CharField()  # type: ignore[assignment]  # every field has a label, and this a field of it
    count = serializers.IntegerField()
    bytes = serializers.IntegerField(source="size", allow_null=True)


class StorageIn(serializers.Serializer[Any]):
    """Whether to count now."""

    count = serializers.BooleanField(
        required=False,
        default=False,
        help_text="what was made from the photos: some seconds in a large library",
    )


class StorageOut(serializers.Serializer[Any]):
    """What is kept, and how much room it takes."""

    originals = UseOut(many=True)
    derived = UseOut(many=True, allow_null=True, help_text="made from the photos; null: not counted lately")
    free_bytes = serializers.IntegerField(allow_null=True, help_text="on the disk; null: it is no disk")


class ExportIn(serializers.Serializer[Any]):
    """What goes into the export beside the facts."""

    originals = serializers.BooleanField(required=False, default=False, help_text="the photos themselves")
    vectors = serializers.BooleanField(
        required=False, default=False, help_text="what a model made of each face, to compare it with others"
    )


class ReceiptOut(serializers.Serializer[Any]):
    """What was erased: the proof that is left. It names nobody."""

    id = serializers.IntegerField(source="pk")
    what = serializers.CharField(help_text="all faces, or one person")
    erased = serializers.DictField(
        source="counts", child=serializers.IntegerField(), help_text="rows and files by kind"
    )
    at = serializers.DateTimeField()
