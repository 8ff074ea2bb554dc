"""Uploads of photos and zips."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from albums import querysets
from albums.error_messages import refusal_message
from albums.leases import LeasedModel
from albums.models.albums import Album
from albums.models.images import Image


class Upload(models.Model):
    """A file that is uploaded in pieces and can be resumed.

    The row of a photo is deleted when the photo is stored. The row of a zip stays for some days, with the
    outcome of each file in it.
    """

    class State(models.TextChoices):
        """The state of an upload; all but the first are of zips."""

        COMING = "coming", _("Uploading")
        UNPACKING = "unpacking", _("Unpacking")
        UNPACKED = "unpacked", _("Unpacked")
        REFUSED = "refused", _("Not added")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    sha256 = models.CharField(max_length=64, help_text="as the sender computed it; checked at the end")
    name = models.TextField()
    size_bytes = models.PositiveBigIntegerField()
    received_bytes = models.PositiveBigIntegerField(default=0)
    album = models.ForeignKey(Album, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=16, choices=State.choices, default=State.COMING)
    reason = models.CharField(max_length=32, blank=True, help_text="why it was refused: a code")
    reason_values = models.JSONField(default=dict, blank=True)
    detail = models.TextField(blank=True, help_text="the same in words: of rows older than the codes")
    file_count = models.PositiveIntegerField(default=0, help_text="files in a zip that may be photos")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = querysets.UploadQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="upload_once_per_owner"),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}: {self.received_bytes} of {self.size_bytes} bytes"

    @property
    def complete(self) -> bool:
        """True if all bytes were received."""
        return self.received_bytes >= self.size_bytes

    @property
    def why(self) -> str:
        """The reason for the refusal in the current language, or empty."""
        return refusal_message(self.reason, self.reason_values) if self.reason else self.detail


class EndedUpload(models.Model):
    """An upload whose file is stored: another sender of the same bytes, who still sends them, learns so.

    It has the id that the upload had, and is deleted after a day.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    ended_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"ended upload {self.pk}"


class UnpackedFile(LeasedModel):
    """The outcome of a file in a zip; an interrupted unpacking continues after it."""

    class Status(models.TextChoices):
        """The outcome of a file; BEGUN has none yet."""

        BEGUN = "begun", _("Started")
        ADDED = "added", pgettext_lazy("a file", "Added")
        ALREADY_THERE = "already_there", _("Duplicate")
        REFUSED = "refused", _("Not added")

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveIntegerField(help_text="in the zip's list of contents, from 0")
    name = models.TextField(help_text="as it stands in the zip; only ever shown")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.BEGUN)
    reason = models.TextField(blank=True, help_text="a code; words in older rows")
    reason_values = models.JSONField(default=dict, blank=True)
    image = models.ForeignKey(Image, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = querysets.UnpackedFileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "position"], name="unpacked_once_per_position"),
        ]

    def __str__(self) -> str:
        return f"file {self.position} of upload {self.upload_id}: {self.status}"

    @property
    def why(self) -> str:
        """The reason for the refusal in the current language, or empty."""
        return refusal_message(self.reason, self.reason_values) if self.reason else ""
