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


class SweepOut(Shape):
    """Removal of erased data from the disk: bytes of deleted rows stay in the database's files at first."""

    finished_at = serializers.DateTimeField(allow_null=True, help_text="null: not yet")
    progress = serializers.FloatField(help_text="0..1")
    backups = serializers.ListField(
        child=serializers.DateTimeField(), help_text="times of the backups that still hold it"
    )
    left = serializers.ListField(
        child=serializers.CharField(), help_text="codes of what the operator of the database has to do"
    )

    example = {"finished_at": "2026-05-01T09:34:10Z", "progress": 1.0, "backups": [], "left": []}


class ReceiptOut(Shape):
    """Proof of an erasure. It contains no names."""

    id = serializers.IntegerField(source="pk")
    what = serializers.CharField(help_text="all faces, or one person")
    erased = counts(source="counts", help_text="deleted rows and files by kind")
    at = serializers.DateTimeField()
    sweep = SweepOut(allow_null=True, help_text="null: an erasure by an older version")
