"""Who is in the pictures: scans, faces, their embeddings, and people."""

from __future__ import annotations

import numpy as np
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray
from pgvector.django import VectorField

from albums.models import Album, Image
from faces.querysets import FaceEmbeddingQuerySet, FaceQuerySet, FaceScanQuerySet, PersonQuerySet


class FaceScan(models.Model):
    """Whether faces were looked for in an image, with what, and what became of it. One row an image."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        DONE = "done", "Looked at"
        FAILED = "failed", "Failed"

    image = models.OneToOneField(Image, on_delete=models.CASCADE, related_name="face_scan")
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=64, blank=True, help_text="a short code: why the scan failed")
    detail = models.TextField(blank=True, help_text="the same for a person to read")
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
            # The owner's exceptions are few, and every question asks for them.
            models.Index(fields=["image"], condition=models.Q(person_repeats=True), name="scan_with_repeats"),
        ]

    def __str__(self) -> str:
        return f"scan of image {self.image_id}: {self.state}"


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
        return self.name or f"person {self.pk}"


class PersonTally(models.Model):
    """How often a person is seen, and the mean of their faces: kept, since no page can count all faces.

    Made by `services.tallies` and by nothing else, always from the faces; there is nothing in it to lose.
    No foreign key in the database: making a tally must not wait for somebody who merges people.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="tally"
    )
    faces = models.PositiveIntegerField(default=0)
    photos = models.PositiveIntegerField(default=0)
    model = models.CharField(max_length=64, help_text="whose vectors the mean is of")
    mean = VectorField(null=True, help_text="of vectors of length 1, and so shorter itself")

    def __str__(self) -> str:
        return f"tally of person {self.pk}: {self.faces} faces in {self.photos} photos"


class StalePerson(models.Model):
    """That a person's faces are no longer those of their tally. Rows are only ever added, by triggers."""

    person_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"person {self.person_id} is to be counted again"


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


class Change(models.Model):
    """One thing that was done to an owner's people, by a person or by a run, and how to undo it."""

    class Kind(models.TextChoices):
        """What was done."""

        NAME = "name", _("Named")
        MERGE = "merge", _("Merged")
        SPLIT = "split", _("Split")
        ASSIGN = "assign", _("Moved")
        CONFIRM = "confirm", _("Confirmed")
        REJECT = "reject", _("Rejected")
        HIDE = "hide", _("Hidden")
        SHOW = "show", _("Shown again")
        COVER = "cover", _("Cover chosen")
        DETAILS = "details", _("Details changed")
        DISMISS = "dismiss", _("Face removed")
        DRAW = "draw", _("Face drawn")
        REPEATS = "repeats", _("Photo exception")
        ANSWERS = "answers", _("Questions answered")
        RUN = "run", _("People grouped")
        REINDEX = "reindex", _("Faces found again")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_changes")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    summary = models.TextField(help_text="what was done, for a person to read")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    rows = models.JSONField(
        default=dict,
        help_text="per table and row id: the fields before and after, null where there was no row",
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "-id"], name="change_by_owner")]

    def __str__(self) -> str:
        return self.summary


class FaceEmbedding(models.Model):
    """What one model made of a face: an L2-normalised vector. Two models are never compared.

    The column has no fixed length, for models differ; each model has its own partial HNSW index over the
    vectors cast to its length (see the migrations), so a search must cast and filter the same way.

    owner is the owner of the face's photo, kept here too, so that a search finds an owner's vectors without
    reading faces and photos; `made_of` makes rows that keep to it.
    """

    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="embeddings")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+", editable=False
    )
    model = models.CharField(max_length=64)
    vector = VectorField()
    clarity = models.FloatField(default=1.0, help_text="how much of a face the model saw, 0..1")
    box = ArrayField(
        models.FloatField(),
        size=4,
        null=True,
        blank=True,
        help_text="x, y, w, h of the face when this was made; of another box it is out of date",
    )

    objects = FaceEmbeddingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["face", "model"], name="embedding_once_per_model"),
        ]
        indexes = [models.Index(fields=["owner", "model"], name="embedding_by_owner")]

    def __str__(self) -> str:
        return f"{self.model} of face {self.face_id}"

    @classmethod
    def made_of(
        cls, face: Face, *, owner_id: int, model: str, vector: NDArray[np.float32], clarity: float
    ) -> FaceEmbedding:
        """A row, not saved, for what `model` made of a face as it is now.

        owner_id: the owner of the face's photo, whom the caller has read with many faces at once.
        """
        box = [face.x, face.y, face.w, face.h]
        values = np.asarray(vector, dtype=np.float32)
        return cls(face=face, owner_id=owner_id, model=model, vector=values, clarity=clarity, box=box)


class ClusteringRun(models.Model):
    """One grouping of an owner's faces into people: what it was told, what it found, how long it took."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="clustering_runs"
    )
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    embedder = models.CharField(max_length=64)
    parameters = models.JSONField(default=dict)
    faces = models.PositiveIntegerField(default=0, help_text="faces that were grouped or left waiting")
    people = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0, help_text="faces left with nobody")
    moved = models.PositiveIntegerField(default=0, help_text="faces whose person changed")
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "-id"], name="run_by_owner")]

    def __str__(self) -> str:
        return f"grouping {self.pk} of owner {self.owner_id}: {self.state}"


class OwnerModels(models.Model):
    """With which models an owner's faces are found and compared. Without a row: those of the settings."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_models"
    )
    detector = models.CharField(max_length=64)
    embedder = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "owner models"

    def __str__(self) -> str:
        return f"{self.detector} and {self.embedder} for owner {self.owner_id}"


class SkippedQuestion(models.Model):
    """A question of the review queue that was put off: it comes back after all others."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="question_skipped_once")]

    def __str__(self) -> str:
        return self.key


class StagedScan(models.Model):
    """That an image was looked at with models that its owner does not use yet; see `services.staging`."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="staged_scans")
    detector = models.CharField(max_length=64)
    embedder = models.CharField(max_length=64)
    side = models.PositiveIntegerField(help_text="pixels of the long side at which the detector looked")
    state = models.CharField(max_length=16, choices=FaceScan.State, default=FaceScan.State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
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
    """A face as it will be once the owner has other models; the columns are those of Face."""

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
    vector = VectorField()
    clarity = models.FloatField(default=1.0)

    def __str__(self) -> str:
        return f"staged face {self.pk} of scan {self.scan_id}"


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
