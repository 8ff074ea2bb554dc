"""Shapes of storage use, exports and erasure receipts."""

from rest_framework import serializers

from api.serializers.common import Shape, counts


class UseOut(Shape):
    """Storage used by one kind of data."""

    kind = serializers.CharField(source="name", help_text="a stable code")
    label = serializers.CharField()  # type: ignore[assignment]  # a field called label
    count = serializers.IntegerField()
    bytes = serializers.IntegerField(source="size", allow_null=True)

    example = {"kind": "photos", "label": "Original photos", "count": 5120, "bytes": 17834210311}


class StorageIn(Shape):
    """Options of the storage report."""

    count = serializers.BooleanField(
        default=False, help_text="measure derived data now: takes seconds for a large library"
    )


class StorageOut(Shape):
    """Storage that an account uses."""

    originals = UseOut(many=True)
    derived = UseOut(
        many=True, allow_null=True, help_text="computed from the photos; null: not measured recently"
    )
    free_bytes = serializers.IntegerField(allow_null=True, help_text="free disk space; null: unknown")


class ExportIn(Shape):
    """Optional contents of the export."""

    originals = serializers.BooleanField(default=False, help_text="include the original photos")
    vectors = serializers.BooleanField(default=False, help_text="include the embedding of each face")


class ReceiptOut(Shape):
    """Proof of an erasure. It contains no names."""

    id = serializers.IntegerField(source="pk")
    what = serializers.CharField(help_text="all faces, or one person")
    erased = counts(source="counts", help_text="deleted rows and files by kind")
    at = serializers.DateTimeField()
