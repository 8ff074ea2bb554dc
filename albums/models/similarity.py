"""Fingerprints of photos, and decisions of owners about similar ones."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from albums.models.images import Image


class ImageFingerprint(models.Model):
    """The fingerprint of a photo, by which similar ones are found; it follows the picture as it is shown.

    A row without a hash is of a photo whose preview could not be read.
    """

    image = models.OneToOneField(
        Image, on_delete=models.CASCADE, primary_key=True, related_name="fingerprint"
    )
    hash = models.BigIntegerField(null=True, help_text="perceptual hash: 64 bits as a signed number")
    detail = models.BigIntegerField(
        null=True, help_text="hash of the finer structure; null of an older version"
    )
    sharpness = models.FloatField(default=0, help_text="0 or more, at one size of picture")
    # False until the stacks around the photo are formed, and again when what they depend on changes.
    stacked = models.BooleanField(default=False, db_default=False)
    preferred_at = models.DateTimeField(
        null=True, help_text="when the owner chose it as the top of its stack"
    )

    apart = models.BooleanField(
        default=False, db_default=False, help_text="the owner took it out of its stack"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["image"], condition=models.Q(stacked=False), name="fingerprint_not_stacked"),
        ]

    def __str__(self) -> str:
        return f"fingerprint of photo {self.image_id}"


class DifferentPhotos(models.Model):
    """A decision of the owner that photos are different: no two of them are shown as similar again."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Ids, since a decision about 50 photos is one row and not 1,225 pairs. Those of erased photos stay.
    image_ids = ArrayField(models.BigIntegerField())
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{len(self.image_ids)} different photos"
