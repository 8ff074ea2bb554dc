"""Files that are selected for an upload: known before anything of them is sent."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import MD5

from albums import querysets
from albums.models.albums import Album


class SelectedFile(models.Model):
    """A file that its owner has selected for an upload, and that has not been sent yet.

    The server can name it, so that the owner can choose it again. Its row ends with the outcome of the file.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="selected_files"
    )
    name = models.TextField()
    size_bytes = models.PositiveBigIntegerField()
    album = models.ForeignKey(Album, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    selected_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = querysets.SelectedFileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            # Of the digest: a name may be longer than an entry of an index.
            models.UniqueConstraint("owner", MD5("name"), "size_bytes", name="selected_once_per_owner"),
        ]

    def __str__(self) -> str:
        # Without the name, since it is shown in logs and in the administration.
        return f"selected file {self.pk}"
