"""Estimates of the age and gender of faces, for owners who have switched them on."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from faces.models.people import Face


class FaceAttributes(models.Model):
    """The estimated age and gender of a face by one model. Both are null if its picture cannot be read.

    Estimates are for people to read: grouping, placement and the review queue never use them.
    """

    face = models.OneToOneField(Face, on_delete=models.CASCADE, primary_key=True, related_name="attributes")
    model = models.CharField(max_length=64)
    crop = models.CharField(
        max_length=255, help_text="the picture that was estimated; outdated when the face has another"
    )
    age = models.FloatField(null=True, help_text="estimated age in years")
    male = models.FloatField(null=True, help_text="estimated probability of male, 0..1")
    estimated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "face attributes"
        constraints = [
            models.CheckConstraint(
                condition=Q(age__isnull=True, male__isnull=True)
                | Q(age__gte=0, male__gte=0, male__lte=1, age__isnull=False, male__isnull=False),
                name="attributes_whole_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"estimates of face {self.face_id}"
