"""Changes of photos by their owner: dates, places, descriptions, tags, turns."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from albums import querysets
from albums.models.images import Image


class PhotoChange(models.Model):
    """A change of one or many photos by their owner, which can be undone."""

    class Kind(models.TextChoices):
        """What was changed."""

        DATE = "date", pgettext_lazy("a change", "Date")
        PLACE = "place", pgettext_lazy("a change", "Place")
        DESCRIPTION = "description", pgettext_lazy("a change", "Description")
        TAGS = "tags", pgettext_lazy("a change", "Tags")
        TURN = "turn", pgettext_lazy("a change", "Turned")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="photo_changes"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    photos = models.PositiveIntegerField(default=0, help_text="the number of changed photos")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.PhotoChangeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="photo_change_by_owner")]

    def __str__(self) -> str:
        return f"change {self.pk} of photos of owner {self.owner_id}: {self.kind}"


class ChangedPhoto(models.Model):
    """A photo of a change, with the owner's value before and after; null: that of the file.

    It ends with the photo, so that nothing of an erased photo stays.
    """

    change = models.ForeignKey(PhotoChange, on_delete=models.CASCADE, related_name="entries")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="changes")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["change", "image"], name="photo_once_per_change"),
        ]

    def __str__(self) -> str:
        return f"image {self.image_id} in change {self.change_id}"
