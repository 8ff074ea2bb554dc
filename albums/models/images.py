"""Photos as they came, and what was derived from them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F

from albums import querysets
from albums.countries import place_label
from albums.error_messages import refusal_message
from albums.leases import LeasedModel
from albums.storage import original_name, rendition_name
from albums.text_normalization import ImageWords


class Image(LeasedModel):
    """One original, kept byte for byte, once per owner.

    A file that is refused keeps its row too, with the reason: the person who gave it wants to know, and
    the same file given again has the same answer at once.
    """

    class State(models.TextChoices):
        """How far a file has come."""

        STORED = querysets.STORED, "Waiting to be read"
        READY = querysets.READY, "Ready"
        REFUSED = querysets.REFUSED, "Refused"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="images")
    sha256 = models.CharField(max_length=64, editable=False)
    # Empty only for a file that was refused by its first bytes: such a file is not kept.
    original = models.FileField(upload_to=original_name, max_length=255, blank=True)
    # As the person knows it: relative to the imported folder, with "/"; the bare name of an upload.
    source_path = models.TextField()
    size_bytes = models.PositiveBigIntegerField()
    mime_type = models.CharField(max_length=64, blank=True)
    # Of the upright picture, in pixels, at full size; null until it is read.
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    # What the file says of itself and its owner says of it; read with the picture.
    description = models.TextField(blank=True)
    camera = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(
        default=dict, blank=True, help_text="lens, exposure and the like, as text by name"
    )
    latitude = models.FloatField(null=True, blank=True, help_text="degrees, -90..90")
    longitude = models.FloatField(null=True, blank=True, help_text="degrees, -180..180")
    place = models.CharField(max_length=200, blank=True, help_text="the town, by its local name")
    country = models.CharField(max_length=2, blank=True, help_text="of the town: an ISO 3166 code")
    # What it is searched by; Postgres fills it in.
    words = models.GeneratedField(
        expression=ImageWords(), output_field=SearchVectorField(), db_persist=True, editable=False
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.STORED)
    # Why it was refused: a code with its values, and the same for who looks after the server, in English.
    reason = models.CharField(max_length=32, blank=True)
    reason_values = models.JSONField(default=dict, blank=True)
    detail = models.TextField(blank=True)
    queued_at = models.DateTimeField(null=True, blank=True, editable=False)
    added_at = models.DateTimeField(auto_now_add=True)
    # In the bin since then; a binned photo is nowhere else to be seen, and comes back whole.
    binned_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = querysets.ImageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [F("captured_at").desc(nulls_last=True), "-added_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="image_once_per_owner"),
        ]
        indexes: ClassVar = [
            models.Index(
                F("owner"),
                F("captured_at").desc(nulls_last=True),
                F("added_at").desc(),
                F("id").desc(),
                name="image_newest_first",
            ),
            models.Index(fields=["id"], condition=models.Q(state=querysets.STORED), name="image_unread"),
            models.Index(
                fields=["binned_at"], condition=models.Q(binned_at__isnull=False), name="image_in_the_bin"
            ),
            GinIndex(fields=["words"], name="image_by_words"),
            models.Index(
                fields=["owner", "country", "place"],
                include=["binned_at"],
                condition=~models.Q(place=""),
                name="image_by_place",
            ),
            models.Index(
                fields=["owner", "camera"],
                include=["binned_at"],
                condition=~models.Q(camera=""),
                name="image_by_camera",
            ),
        ]

    def __str__(self) -> str:
        # No name: rows are shown so in logs and in the administration.
        return f"photo {self.pk}"

    @property
    def name(self) -> str:
        """The last part of the path it came from."""
        return self.source_path.rpartition("/")[2]

    @property
    def place_label(self) -> str:
        """The town with its country in the reader's language; empty where it is not known."""
        return place_label(self.place, self.country)

    @property
    def why(self) -> str:
        """Why it was refused, in the reader's language; empty where it was not."""
        if not self.reason:
            return self.detail
        return refusal_message(self.reason, self.reason_values, otherwise=self.detail)


class Rendition(models.Model):
    """A smaller upright JPEG of an image, made once by a worker."""

    class Kind(models.TextChoices):
        """Renditions by the length of their long side: 512 and 2048 pixels."""

        THUMBNAIL = "thumbnail", "Thumbnail"
        PREVIEW = "preview", "Preview"

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    file = models.FileField(upload_to=rendition_name, max_length=255)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["image", "kind"], name="rendition_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of image {self.image_id}"
