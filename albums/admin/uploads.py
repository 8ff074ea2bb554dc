"""Uploads in the administration."""

from typing import ClassVar

from django.contrib import admin
from django.template.defaultfilters import filesizeformat

from albums.admin.base import NOT_SHOWN, OwnerFilter, ReadOnlyOwnerAdmin, row_column
from albums.models import Upload

STATES = {"Uploading": "info", "Unpacking": "warning", "Unpacked": "success", "Not added": "danger"}


@admin.register(Upload)
class UploadAdmin(ReadOnlyOwnerAdmin[Upload]):
    """Unfinished uploads, and zips of the last days."""

    private: ClassVar = {"shown_name": "name"}
    list_display = ("short_id", "account", "file", "how_far", "come", "of", "file_count", "changed_at")
    list_filter = (OwnerFilter, "state")
    ordering = ("-changed_at", "-pk")
    fields = (
        "account", "file", "how_far", "why", "come", "of", "file_count", "created_at", "changed_at",
    )  # fmt: skip
    readonly_fields = fields

    short_id = row_column("upload", lambda row: str(row.pk)[:8])
    file = row_column("file", lambda row: row.shown_name or NOT_SHOWN)
    how_far = row_column("state", lambda row: row.get_state_display(), order="state", colours=STATES)
    come = row_column("received", lambda row: filesizeformat(row.received_bytes), order="received_bytes")
    of = row_column("of", lambda row: filesizeformat(row.size_bytes), order="size_bytes")
    why = row_column("message", lambda row: row.why or "-")
