"""Assign a new face to a person at once if the match is clear; a full run decides later in any case.

A face is placed when it is near enough to one person and clearly nearer than to anybody else. Otherwise it
waits, which is no loss: the next run or an answer in the review queue places it. Facts stand above: nobody is
placed in a photo that they are in already, nor where it was said that it is not them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Cast
from numpy.typing import NDArray
from pgvector.django import CosineDistance, VectorField

from faces.models import ClusteringRun, Face, FaceEmbedding, FaceScan, Verdict
from faces.services.core.bulk_assign import faces_move
from faces.vision.profiles import PlacementLimits, profile_of

NEIGHBOURS = 12
"""Placed faces nearest to the new one that are looked at."""

VOTES = 3
"""A person is as near as their nearest faces, so many of them, are on average."""

INDEXED_FROM = 5_000
"""An owner's faces from which on the index is used; up to there to compare with each takes a few ms."""

MOST_TUPLES = 4_000
"""Rows that the index may pass over for being another owner's, before it gives up: the face then waits."""


def faces_place(
    *, faces: Sequence[Face], vectors: Sequence[NDArray[np.float32]], embedder: str
) -> list[Face]:
    """Place new faces of one photo; returns those that were placed, with their `person_id` set.

    Call it under the owner's lock (`journal.changes_lock`). vectors: one a face, (dimensions,) float32, of
    length 1, of the model `embedder`. Only good faces that are with nobody are placed, the nearest first.
    """
    limits = profile_of(embedder).placement
    open_faces = [
        (face, vector)
        for face, vector in zip(faces, vectors, strict=True)
        if face.person_id is None and not face.poor_reason and not face.dismissed
    ]
    if not open_faces:
        return []
    image = open_faces[0][0].image
    found = [
        (distance, face, person_id)
        for face, vector in open_faces
        for distance, person_id in _candidate(image.owner_id, image.pk, vector, embedder, limits)
    ]
    if not found:
        return []
    there = set(Face.objects.filter(image=image, person__isnull=False).values_list("person_id", flat=True))
    repeats = FaceScan.objects.filter(image=image, person_repeats=True).exists()
    said = Verdict.objects.filter(face__in=[face.pk for face in faces], kind=Verdict.Kind.IS_NOT)
    refused = set(said.values_list("face_id", "person_id"))
    placed = []
    for _distance, face, person_id in sorted(found, key=lambda row: (row[0], row[1].pk)):
        if (person_id in there and not repeats) or (face.pk, person_id) in refused:
            continue
        face.person_id = person_id
        there.add(person_id)
        placed.append(face)
    faces_move({face.pk: face.person_id for face in placed})
    return placed


def _candidate(
    owner_id: int, image_id: int, vector: NDArray[np.float32], embedder: str, limits: PlacementLimits
) -> list[tuple[float, int]]:
    """The one person that a face may be: [(mean distance, person id)], or nothing."""
    distances: dict[int, list[float]] = {}
    for person_id, distance in _nearest(owner_id, image_id, vector, embedder):
        distances.setdefault(person_id, []).append(distance)
    if not distances:
        return []
    mean = {person: sum(near[:VOTES]) / len(near[:VOTES]) for person, near in distances.items()}
    best = min(mean, key=lambda person: (mean[person], person))
    rival = min((near[0] for person, near in distances.items() if person != best), default=np.inf)
    if mean[best] > limits.nearest or rival - mean[best] < limits.margin:
        return []
    return [(mean[best], best)]


def _nearest(
    owner_id: int, image_id: int, vector: NDArray[np.float32], embedder: str
) -> list[tuple[int, float]]:
    """(person id, distance) of the nearest faces that are with somebody, nearest first, in one query."""
    placed = FaceEmbedding.objects.filter(
        model=embedder,
        owner_id=owner_id,
        face__person__isnull=False,
        face__dismissed=False,
        face__binned=False,
    ).exclude(face__image_id=image_id)
    run = ClusteringRun.objects.filter(owner_id=owner_id, state=ClusteringRun.State.DONE).first()
    indexed = run is not None and run.faces >= INDEXED_FROM
    # Without the cast the expression is not the index's, and each of the owner's faces is compared.
    column = Cast("vector", VectorField(dimensions=len(vector))) if indexed else F("vector")
    near = placed.annotate(distance=CosineDistance(column, vector)).order_by("distance")
    with transaction.atomic(), connection.cursor() as cursor:
        if indexed:
            cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
            cursor.execute("SET LOCAL hnsw.max_scan_tuples = %s", [MOST_TUPLES])
        return list(near.values_list("face__person_id", "distance")[:NEIGHBOURS])
