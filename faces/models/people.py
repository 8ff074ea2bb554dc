"""Scans, faces, people and verdicts."""

from pathlib import PurePosixPath

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from albums.leases import LeasedModel
from albums.models import Image
from albums.models.fields import NameField
from faces.error_messages import failure_message
from faces.querysets import FaceQuerySet, FaceScanQuerySet, PersonQuerySet
from faces.vectors import EmbeddingField


class FaceScan(LeasedModel):
    """The scan of one image for faces: its state and the models used. One row per image."""

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    image = models.OneToOneField(Image, on_delete=models.CASCADE, related_name="face_scan")
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=64, blank=True, help_text="a short code: why the scan failed")
    detail = models.TextField(blank=True, help_text="the reason for operators, in English")
    detector = models.CharField(max_length=64, blank=True)
    embedder = models.CharField(max_length=64, blank=True)
    queued_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    person_repeats = models.BooleanField(
        default=False,
        help_text="the owner allows a person twice in this photo (a mirror, a collage)",
    )

    objects = FaceScanQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "queued_at"], name="scan_by_state"),
            # Every page checks for scans since the last grouping.
            models.Index(fields=["finished_at"], name="scan_by_finish"),
            # Exceptions are few, and the review queue reads them all.
            models.Index(fields=["image"], condition=models.Q(person_repeats=True), name="scan_with_repeats"),
        ]

    def __str__(self) -> str:
        return f"scan of image {self.image_id}: {self.state}"

    @property
    def why(self) -> str:
        """The reason of a failure in the reader's language, or empty."""
        return failure_message(self.reason, otherwise=self.detail) if self.reason else ""


class Person(models.Model):
    """A person seen in an owner's photos. An unnamed group is a person without a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="people")
    name = NameField(max_length=200, blank=True)
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
        # Without the name: logs and the administration show rows so.
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
    model = models.CharField(max_length=64, help_text="the model of the vectors")
    mean = EmbeddingField(null=True, help_text="mean of vectors of length 1, not normalised")
    clarity = models.FloatField(default=1.0, help_text="mean clarity of the faces, 0..1")

    def __str__(self) -> str:
        return f"stats of person {self.pk}: {self.faces} faces in {self.photos} photos"


class DirtyPerson(models.Model):
    """A person whose faces have changed since their statistics were computed. Triggers insert the rows."""

    person_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"person {self.person_id} has outdated statistics"


class Face(models.Model):
    """A face in an image. Its box and landmarks are relative (0..1) to the picture as it is shown."""

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
    turns = models.PositiveSmallIntegerField(
        default=0, help_text="those of the image that the box, the landmarks and the crop belong to"
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
        default=False, help_text="marked by the owner as not a face; stays so that it is not found again"
    )
    drawn = models.BooleanField(
        default=False, help_text="drawn or confirmed by hand; stays whatever a detector finds"
    )
    binned = models.BooleanField(default=False, help_text="the photo is in the bin, which hides the face")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FaceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-quality"], name="face_by_quality"),
            # The people in a photo and the photos of a person, without reading a row.
            models.Index(
                fields=["person", "image"],
                condition=models.Q(person__isnull=False, dismissed=False, binned=False),
                name="face_of_person",
            ),
            # With the pictures, since pages count the faces that have one.
            models.Index(
                fields=["-quality", "id", "image"],
                include=["crop"],
                condition=models.Q(person__isnull=True, dismissed=False, binned=False),
                name="face_waiting",
            ),
            # Questions about what may be no face.
            models.Index(
                fields=["score", "id"],
                condition=~models.Q(poor_reason="")
                & models.Q(person__isnull=True, dismissed=False, binned=False, drawn=False),
                name="face_doubtful",
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

    @property
    def crop_version(self) -> str:
        """A text that differs for each picture of the face, and is a part of its address."""
        return PurePosixPath(self.crop.name or "").stem[:12]


class Verdict(models.Model):
    """A user's decision that a face shows a person or does not. Never created or removed by a run."""

    class Kind(models.TextChoices):
        """Confirmed, or rejected."""

        IS = "is", "is"
        IS_NOT = "is_not", "is not"

    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="verdicts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="verdicts")
    kind = models.CharField(max_length=8, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            # Rejections are few, and whatever compares faces with people reads them all.
            models.Index(
                fields=["person", "face"], condition=models.Q(kind="is_not"), name="verdict_of_rejection"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["face", "person"], name="verdict_once_per_face_and_person"),
            models.UniqueConstraint(
                fields=["face"], condition=models.Q(kind="is"), name="face_is_one_person"
            ),
        ]

    def __str__(self) -> str:
        return f"face {self.face_id} {self.kind} person {self.person_id}"
