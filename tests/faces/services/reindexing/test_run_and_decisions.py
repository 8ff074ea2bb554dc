"""Reindexing preserves decisions, moves no face, and can be undone."""

from __future__ import annotations

import numpy as np
from django.contrib.auth.models import User

from albums.models import Image
from faces.models import (
    Change,
    Face,
    FaceEmbedding,
    Person,
    Verdict,
)
from faces.services.core.owner_pipeline import owner_models
from faces.services.detecting.embeddings import embeddings_fill
from faces.services.detecting.stored_embeddings import faces_lacking
from faces.services.history.history import change_undo
from faces.services.people.edits import faces_dismiss, faces_reject
from tests.faces.services.reindexing.studio import (
    NEW,
    OLD,
    PEOPLE,
    Studio,
    everything,
    name_everyone,
    places,
    run,
)


def test_another_model_keeps_every_name_on_the_same_person(owner: User, studio: Studio) -> None:
    names = name_everyone(owner)
    assert len(names) == PEOPLE
    before, verdicts = places(owner), set(Verdict.objects.values_list("pk", "face_id", "person_id", "kind"))
    outcome = run(owner, embedder=NEW)
    assert owner_models(owner.pk).embedder == NEW
    assert places(owner) == before
    assert set(Verdict.objects.values_list("pk", "face_id", "person_id", "kind")) == verdicts
    assert dict(Person.objects.values_list("pk", "name")) == names
    assert outcome.people is not None
    assert (outcome.people.names_lost, outcome.people.facts_lost, outcome.people.moved) == (0, 0, 0)
    faces = Face.objects.count()
    assert FaceEmbedding.objects.filter(model=OLD).count() == faces
    assert FaceEmbedding.objects.filter(model=NEW).count() == faces


def test_a_verdict_preserves_a_face_that_the_detector_misses(owner: User, studio: Studio) -> None:
    name_everyone(owner)
    images = list(Image.objects.filter(faces__isnull=False).distinct().order_by("pk"))
    confirmed = Verdict.objects.filter(kind="is").values_list("face_id", flat=True)
    rejected, dismissed, drawn, guess = list(Face.objects.exclude(pk__in=confirmed).order_by("pk")[:4])
    faces_reject(faces=[rejected], by=owner)
    faces_dismiss(faces=[dismissed], by=owner)
    Face.objects.filter(pk=drawn.pk).update(drawn=True)
    facts = set(Verdict.objects.values_list("face_id", "person_id", "kind"))
    names = dict(Person.objects.values_list("pk", "name"))
    studio.missed["yunet"] = {(image.pk, place) for image in images for place in range(PEOPLE)}
    outcome = run(owner, detector="yunet")
    assert outcome.carried is not None
    assert outcome.carried.again == 0
    left = set(Face.objects.values_list("pk", flat=True))
    assert left == {*confirmed, rejected.pk, dismissed.pk, drawn.pk}
    assert guess.pk not in left
    assert set(Verdict.objects.values_list("face_id", "person_id", "kind")) == facts
    assert dict(Person.objects.values_list("pk", "name")) == names


def test_a_detector_and_back_moves_no_face(owner: User, studio: Studio) -> None:
    names = name_everyone(owner)
    before = places(owner)
    studio.shift["yunet"] = 0.03
    run(owner, detector="yunet", embedder=NEW)
    assert Face.objects.filter(x__gt=0.07).exists()
    assert places(owner) == before
    run(owner, detector="retinaface_mobilenet", embedder=OLD)
    assert places(owner) == before
    assert dict(Person.objects.values_list("pk", "name")) == names


def test_undone_everything_is_as_it_was_and_the_vectors_are_made_anew(owner: User, studio: Studio) -> None:
    name_everyone(owner)
    studio.shift["yunet"] = 0.03
    studio.missed["yunet"] = {(image, 2) for image in studio.who}
    tables = ("Person", "Face", "Verdict", "OwnerModels")
    before = everything(owner)
    vectors = {
        row[:2]: np.asarray(row[2])
        for row in FaceEmbedding.objects.filter(model=OLD).values_list("face_id", "model", "vector")
    }
    run(owner, detector="yunet", embedder=OLD)
    run(owner, embedder=NEW)
    for _ in range(2):
        change_undo(change=Change.objects.filter(undone_at=None).first(), by=owner)  # type: ignore[arg-type]  # there is one
    after = everything(owner)
    assert {table: after[table] for table in tables} == {table: before[table] for table in tables}
    faces = Face.objects.filter(image__owner=owner)
    assert faces_lacking(faces, embedder=OLD).exists()
    list(embeddings_fill(faces=faces, models=owner_models(owner.pk), unreadable=set()))
    assert not faces_lacking(faces, embedder=OLD).exists()
    again = FaceEmbedding.objects.filter(model=OLD).values_list("face_id", "model", "vector")
    assert {row[:2] for row in again} == vectors.keys()
    assert all(np.allclose(np.asarray(row[2]), vectors[row[:2]], atol=1e-6) for row in again)
