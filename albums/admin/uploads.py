"""Files on their way in."""

from typing import Any, ClassVar

from django.contrib import admin
from django.template.defaultfilters import filesizeformat

from albums.admin.base import NOT_SHOWN, OwnerFilter, ReadOnlyOwnerAdmin, column
from albums.models import Upload

STATES = {"Uploading": "info", "Unpacking": "warning", "Unpacked": "success", "Not added": "danger"}


@admin.register(Upload)
class UploadAdmin(ReadOnlyOwnerAdmin[Upload]):
    """Uploads that have not ended, and zips of the last days."""

    private: ClassVar = {"shown_name": "name"}
    list_display = ("short_id", "account", "file", "how_far", "come", "of", "file_count", "changed_at")
    list_filter = (OwnerFilter, "state")
    ordering = ("-changed_at", "-pk")
    fields = (
        "account", "file", "how_far", "why", "come", "of", "file_count", "created_at", "changed_at",
    )  # fmt: skip
    readonly_fields = fields

    @column("upload")
    def short_id(self, upload: Upload) -> str:
        """The beginning of its number."""
        return str(upload.pk)[:8]

    @column("file")
    def file(self, upload: Any) -> str:
        """Its name, where the owner lets it be seen."""
        return upload.shown_name or NOT_SHOWN

    @column("state", order="state", colours=STATES)
    def how_far(self, upload: Upload) -> str:
        """Return the state."""
        return upload.get_state_display()

    @column("here", order="received_bytes")
    def come(self, upload: Upload) -> str:
        """Return the received size."""
        return filesizeformat(upload.received_bytes)

    @column("of", order="size_bytes")
    def of(self, upload: Upload) -> str:
        """Return the total size."""
        return filesizeformat(upload.size_bytes)

    @column("message")
    def why(self, upload: Upload) -> str:
        """Why it was refused."""
        return upload.why or "-"
