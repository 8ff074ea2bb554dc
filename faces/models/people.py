"""Who is in the pictures: scans, faces, people, and what was said of them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from albums.leases import LeasedModel
from albums.models import Image
from faces.error_messages import failure_message
from faces.querysets import FaceQuerySet, FaceScanQuerySet, PersonQuerySet
from faces.vectors import EmbeddingField


class FaceScan(LeasedModel):
    """Whether faces were looked for in an image, with what, and what became of it. One row an image."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        DONE = "done", "Looked at"
        FAILED = "failed", "Failed"

    image = models.OneToOneField(Image, on_delete=models.CASCADE, related_name="face_scan")
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=64, blank=True, help_text="a short code: why the scan failed")
    detail = models.TextField(blank=True, help_text="the same for who looks after the server, in English")
    detector = models.CharField(max_length=64, blank=True)
    embedder = models.CharField(max_length=64, blank=True)
    queued_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    person_repeats = models.BooleanField(
        default=False,
        help_text="said by the owner: somebody may be in this photo twice (a mirror, a collage)",
    )

    objects = FaceScanQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "queued_at"], name="scan_by_state"),
            # Whether any was made since the last grouping: every page asks.
            models.Index(fields=["finished_at"], name="scan_by_finish"),
            # The owner's exceptions are few, and every question asks for them.
            models.Index(fields=["image"], condition=models.Q(person_repeats=True), name="scan_with_repeats"),
        ]

    def __str__(self) -> str:
        return f"scan of image {self.image_id}: {self.state}"

    @property
    def why(self) -> str:
        """Why it failed, in the reader's language; empty where it did not."""
        return failure_message(self.reason, otherwise=self.detail) if self.reason else ""


class Person(models.Model):
    """Somebody seen in an owner's photos. A group that was not named yet is a person without a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(max_length=200, blank=True)
    cover = models.ForeignKey(
        "faces.Face", on_delete=models.SET_NULL, null=True, blank=True, related_name="cover_of"
    )
    hidden = models.BooleanField(default=False)
    birth_date = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        indexes = [models.Index(fields=["owner", "name"], name="person_by_name")]

    def __str__(self) -> str:
        # No name: rows are shown so in logs and in the administration.
        return f"person {self.pk}"


class PersonStats(models.Model):
    """Counts and the mean vector of a person's faces, stored because no page can count all faces.

    Only `services.people.stats` writes it, always from the faces, so it can be computed again at any time.
    No foreign key in the database: writing statistics must not wait for a merge of people.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="stats"
    )
    faces = models.PositiveIntegerField(default=0)
    photos = models.PositiveIntegerField(default=0)
    model = models.CharField(max_length=64, help_text="whose vectors the mean is of")
    mean = EmbeddingField(null=True, help_text="of vectors of length 1, and so shorter itself")

    def __str__(self) -> str:
        return f"stats of person {self.pk}: {self.faces} faces in {self.photos} photos"


class DirtyPerson(models.Model):
    """A person whose faces have changed since their statistics were computed. Triggers insert the rows."""

    person_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"person {self.person_id} has outdated statistics"


class Face(models.Model):
    """A face in an image. Its box and landmarks are relative (0..1) to the upright picture."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="faces")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="faces")
    x = models.FloatField(help_text="left edge, 0..1 of the width")
    y = models.FloatField(help_text="top edge, 0..1 of the height")
    w = models.FloatField(help_text="width, 0..1 of the width")
    h = models.FloatField(help_text="height, 0..1 of the height")
    landmarks = ArrayField(
        models.FloatField(),
        size=10,
        help_text="x, y of left eye, right eye, nose, left and right mouth corner",
    )
    score = models.FloatField(help_text="the detector's confidence, 0..1")
    quality = models.FloatField(help_text="how well the face can be recognised, 0..1")
    poor_reason = models.CharField(
        max_length=32, blank=True, help_text="why the face is too poor to start a group; empty when it is not"
    )
    detector = models.CharField(max_length=64)
    crop = models.FileField(
        max_length=255, blank=True, help_text="a square picture of the face, for the pages"
    )
    dismissed = models.BooleanField(
        default=False, help_text="said by the owner: no face. The row stays, so that it is not found again"
    )
    drawn = models.BooleanField(default=False, help_text="drawn by hand: kept whatever a detector finds")
    binned = models.BooleanField(
        default=False, help_text="the photo is in the bin: the face is nowhere to be seen until it comes back"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FaceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-quality"], name="face_by_quality"),
            # Whom a photo shows and where somebody is seen, without reading a row.
            models.Index(
                fields=["person", "image"],
                condition=models.Q(person__isnull=False, dismissed=False, binned=False),
                name="face_of_person",
            ),
            models.Index(
                fields=["-quality", "id", "image"],
                condition=models.Q(person__isnull=True, dismissed=False, binned=False),
                name="face_waiting",
            ),
            models.Index(fields=["id"], condition=models.Q(dismissed=True), name="face_dismissed"),
            models.Index(fields=["id"], condition=models.Q(binned=True), name="face_in_the_bin"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(w__gt=0) & models.Q(h__gt=0), name="face_box_has_an_area"
            ),
        ]

    def __str__(self) -> str:
        return f"face {self.pk} in image {self.image_id}"


class Verdict(models.Model):
    """What a person said of a face: that it is somebody, or is not. Never made or removed by a machine."""

    class Kind(models.TextChoices):
        """Is, or is not."""

        IS = "is", "is"
        IS_NOT = "is_not", "is not"

    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="verdicts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="verdicts")
    kind = models.CharField(max_length=8, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["face", "person"], name="verdict_once_per_face_and_person"),
            models.UniqueConstraint(
                fields=["face"], condition=models.Q(kind="is"), name="face_is_one_person"
            ),
        ]

    def __str__(self) -> str:
        return f"face {self.face_id} {self.kind} person {self.person_id}"
