"""What an owner wants of faces: albums of people, or none of it; and the proof of what was erased."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from albums.models import Album
from faces.models.people import Person


class PersonAlbum(models.Model):
    """That an album fills itself with the photos of people."""

    class Rule(models.TextChoices):
        """Which photos go in: those with all of the people together, or with any of them."""

        ALL = "all", _("All of them together")
        ANY = "any", _("Any of them")

    album = models.OneToOneField(Album, on_delete=models.CASCADE, related_name="person_album")
    people = models.ManyToManyField(Person, related_name="person_albums")
    rule = models.CharField(max_length=8, choices=Rule, default=Rule.ALL)

    def __str__(self) -> str:
        return f"album {self.album_id} of {self.rule} people"


class FaceRecognition(models.Model):
    """Whether an owner wants faces to be found. Without a row: yes."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_recognition"
    )
    enabled = models.BooleanField(default=True)
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "face recognition"

    def __str__(self) -> str:
        return f"face recognition of owner {self.owner_id}: {'on' if self.enabled else 'off'}"


class ErasureReceipt(models.Model):
    """What was erased, counted: the proof that is left when the data is gone. It names nobody."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="erasure_receipts"
    )
    what = models.CharField(max_length=200, help_text="all faces, or one person's, without the name")
    counts = models.JSONField(default=dict, help_text="rows and files that are gone, by kind")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"receipt {self.pk}: {self.what}"
