"""Values that another program has for a photo."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from albums.models.images import LONGEST_TAG, Image

LONGEST_NAME = 200


class Sidecar(models.Model):
    """The values of a file beside a photo, by another program: a JSON file of Google Takeout, or XMP.

    They are merged with those of the photo's own file when it is read (services/reading/sidecars.py), and
    stay stored, so that reading it again gives the same.
    """

    class Program(models.TextChoices):
        """The program that wrote the file."""

        TAKEOUT = "takeout", "Google Photos"
        XMP = "xmp", "XMP"

    image = models.OneToOneField(Image, on_delete=models.CASCADE, primary_key=True, related_name="sidecar")
    program = models.CharField(max_length=16, choices=Program.choices)
    captured = models.CharField(max_length=40, blank=True, help_text="ISO 8601, or empty")
    latitude = models.FloatField(null=True, blank=True, help_text="degrees, -90..90")
    longitude = models.FloatField(null=True, blank=True, help_text="degrees, -180..180")
    description = models.TextField(blank=True)
    keywords = ArrayField(models.CharField(max_length=LONGEST_TAG), default=list, blank=True)
    rating = models.CharField(max_length=1, blank=True, help_text="stars, 1 to 5")
    # Names of people in the photo; it is not known which face is whose.
    people = ArrayField(models.CharField(max_length=LONGEST_NAME), default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.program} of photo {self.image_id}"
