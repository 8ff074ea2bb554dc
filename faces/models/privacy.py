"""An owner's consent to face recognition, and receipts of erased face data."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from albums.models import Sweep


class FaceRecognition(models.Model):
    """An owner's choices: faces are recognised unless it is off; age and gender are estimated if it is on."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_recognition"
    )
    enabled = models.BooleanField(default=True)
    attributes = models.BooleanField(default=False, help_text="age and gender of faces are estimated")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "face recognition"

    def __str__(self) -> str:
        return f"face recognition of owner {self.owner_id}: {'on' if self.enabled else 'off'}"


class ErasureReceipt(models.Model):
    """Counts of erased face data: the proof that remains once the data is gone. It holds no names."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="erasure_receipts"
    )
    what = models.CharField(max_length=200, help_text="all faces, or one person's, without the name")
    counts = models.JSONField(default=dict, help_text="rows and files that are gone, by kind")
    at = models.DateTimeField(default=timezone.now)
    sweep = models.ForeignKey(
        Sweep,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="the removal of the erased data from the disk; none before that was done",
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"receipt {self.pk}: {self.what}"
