"""Scans and faces of a reindex, until it is applied."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from albums.leases import LeasedModel
from albums.models import Image
from faces.models.people import FaceScan
from faces.vectors import EmbeddingField


class StagedScan(LeasedModel):
    """The scan of an image with models that its owner does not use yet; see `services.reindexing.staging`."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="staged_scans")
    detector = models.CharField(max_length=64)
    embedder = models.CharField(max_length=64)
    side = models.PositiveIntegerField(help_text="long side in pixels of the picture that the detector saw")
    state = models.CharField(max_length=16, choices=FaceScan.State, default=FaceScan.State.PENDING)
    reason = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "detector", "embedder", "side"], name="staged_once_per_models"
            ),
        ]

    def __str__(self) -> str:
        return f"image {self.image_id} with {self.detector} and {self.embedder}: {self.state}"


class StagedFace(models.Model):
    """A face found by a reindex; the columns are those of Face."""

    scan = models.ForeignKey(StagedScan, on_delete=models.CASCADE, related_name="faces")
    x = models.FloatField()
    y = models.FloatField()
    w = models.FloatField()
    h = models.FloatField()
    landmarks = ArrayField(models.FloatField(), size=10)
    score = models.FloatField()
    quality = models.FloatField()
    poor_reason = models.CharField(max_length=32, blank=True)
    crop = models.FileField(max_length=255, blank=True)
    vector = EmbeddingField()
    clarity = models.FloatField(default=1.0)

    def __str__(self) -> str:
        return f"staged face {self.pk} of scan {self.scan_id}"
