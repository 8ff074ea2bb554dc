"""Exemplars of people, by which a search finds the nearest people among very many faces."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from pgvector.django import HalfVectorField

from faces.models.people import Person


class PersonExemplar(models.Model):
    """A mean of some faces of a person, with the vectors of these faces in a byte a number.

    A row without a centre marks a person whose exemplars are to be computed; others of the person do not
    count meanwhile. Only `services.people.exemplars` writes the rows, from the vectors, so they can be
    computed again at any time. No foreign key to the person in the database, as with their statistics.
    """

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, db_constraint=False, related_name="exemplars"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+", editable=False
    )
    model = models.CharField(max_length=64, help_text="the model of the vectors")
    centre = HalfVectorField(null=True, help_text="the mean, and by how much the nearest face is nearer")
    faces = ArrayField(models.BigIntegerField(), default=list, help_text="ids of the faces")
    codes = models.BinaryField(default=b"", help_text="the vectors of the faces, in their order, as int8")
    scale = models.FloatField(default=0.0, help_text="factor of the codes")

    class Meta:
        indexes = [
            models.Index(fields=["owner", "model"], name="exemplar_by_owner"),
            models.Index(fields=["owner"], condition=models.Q(centre=None), name="exemplar_to_compute"),
        ]

    def __str__(self) -> str:
        return f"exemplar of person {self.person_id}"
