"""What models made of faces, and with which models an owner's faces are compared."""

from __future__ import annotations

import numpy as np
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from numpy.typing import NDArray

from faces.models.people import Face
from faces.querysets import FaceEmbeddingQuerySet
from faces.vectors import EmbeddingField


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
    vector = EmbeddingField()
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
        return cls(face=face, owner_id=owner_id, model=model, vector=vector, clarity=clarity, box=box)


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
