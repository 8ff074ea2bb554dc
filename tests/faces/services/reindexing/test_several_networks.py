"""An embedder of several networks takes the vectors that are stored already, and gives them back."""

from __future__ import annotations

import numpy as np
import pytest
from django.contrib.auth.models import User

from faces.models import Face, FaceEmbedding, Person
from faces.services.core.owner_pipeline import owner_models
from faces.vision.embedding import vectors_of
from faces.vision.profiles import FACENET_SFACE256
from tests.faces.services.reindexing.studio import OLD, Studio, name_everyone, run

BOTH = FACENET_SFACE256.name

pytestmark = pytest.mark.django_db


def vectors(model: str) -> dict[int, np.ndarray]:
    rows = FaceEmbedding.objects.filter(model=model).values_list("face_id", "vector")
    return {face: np.asarray(vector) for face, vector in rows}


def test_only_the_network_that_is_new_is_run(owner: User, studio: Studio) -> None:
    names = name_everyone(owner)
    before = vectors(OLD)
    studio.by_network.clear()
    outcome = run(owner, embedder=BOTH)
    assert dict(studio.by_network) == {"sface128": len(before)}
    assert owner_models(owner.pk).embedder == BOTH
    assert outcome.people is not None
    assert outcome.people.names_lost == 0
    assert set(Face.objects.exclude(person=None).values_list("person__name", flat=True)) >= set(
        names.values()
    )
    whole = vectors(BOTH)
    assert whole.keys() == before.keys()
    for face, vector in whole.items():
        assert np.abs(vectors_of(FACENET_SFACE256, OLD, vector[None])[0] - before[face]).max() < 1e-6


def test_a_network_alone_is_read_out_of_several(owner: User, studio: Studio) -> None:
    run(owner, embedder=BOTH)
    whole = vectors(BOTH)
    FaceEmbedding.objects.exclude(model=BOTH).delete()
    studio.by_network.clear()
    run(owner, embedder=OLD)
    assert not studio.by_network
    alone = vectors(OLD)
    assert alone.keys() == whole.keys()
    for face, vector in alone.items():
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert np.abs(vectors_of(FACENET_SFACE256, OLD, whole[face][None])[0] - vector).max() < 1e-6


def test_names_survive_the_way_to_one_network_and_back_without_a_look_at_any_photo(
    owner: User, studio: Studio
) -> None:
    run(owner, embedder=BOTH)
    FaceEmbedding.objects.exclude(model=BOTH).delete()
    names = name_everyone(owner)
    studio.by_network.clear()
    for embedder in (OLD, BOTH):
        outcome = run(owner, embedder=embedder)
        assert outcome.people is not None
        assert outcome.people.names_lost == 0
        assert dict(Person.objects.values_list("pk", "name")) == names
    assert not studio.by_network


def test_a_face_with_another_box_since_is_embedded_by_all_networks(owner: User, studio: Studio) -> None:
    face = Face.objects.order_by("pk").first()
    assert face is not None
    Face.objects.filter(pk=face.pk).update(w=face.w * 1.01)
    count = Face.objects.count()
    studio.by_network.clear()
    run(owner, embedder=BOTH)
    assert dict(studio.by_network) == {"sface128": count, OLD: 1}
    assert len(vectors(BOTH)) == count
