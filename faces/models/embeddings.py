"""Vectors of faces, and the models that an owner's faces are detected and embedded with."""

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
    """The L2-normalised vector of a face by one model. Vectors of two models are never compared.

    The column has no fixed length since models differ; each model has its own partial HNSW index over the
    vectors cast to its length (see the migrations), so a search must cast and filter the same way.

    owner is the owner of the face's photo, so that a search needs no faces and photos; `of_face` sets it.
    """

    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="embeddings")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+", editable=False
    )
    model = models.CharField(max_length=64)
    vector = EmbeddingField()
    clarity = models.FloatField(default=1.0, help_text="how clearly the model saw the face, 0..1")
    box = ArrayField(
        models.FloatField(),
        size=4,
        null=True,
        blank=True,
        help_text="x, y, w, h that the vector was computed from; outdated when the face has others",
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
    def of_face(
        cls, face: Face, *, owner_id: int, model: str, vector: NDArray[np.float32], clarity: float
    ) -> FaceEmbedding:
        """Return an unsaved row for a face with its present box. owner_id: the owner of the face's photo."""
        box = [face.x, face.y, face.w, face.h]
        return cls(face=face, owner_id=owner_id, model=model, vector=vector, clarity=clarity, box=box)


class OwnerModels(models.Model):
    """The models of an owner's faces. Without a row: those of the settings."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_models"
    )
    detector = models.CharField(max_length=64)
    embedder = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "owner models"

    def __str__(self) -> str:
        return f"{self.detector} and {self.embedder} for owner {self.owner_id}"
