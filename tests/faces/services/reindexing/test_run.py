"""Looking again with other models, stubbed at their seams: what changes, for whom, and with which photos."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from albums.models import Image
from faces.models import (
    Change,
    Face,
    Person,
)
from faces.services.core.owner_pipeline import owner_models
from faces.vision.profiles import PROFILES
from tests.faces.services.reindexing.studio import (
    NEW,
    OLD,
    Studio,
    everything,
    name_everyone,
    run,
)
from tests.rows import image_row

pytestmark = pytest.mark.django_db


def test_back_again_nothing_has_to_be_computed(owner: User, studio: Studio) -> None:
    run(owner, embedder=NEW)
    studio.embedded.clear()
    run(owner, embedder=OLD)
    assert owner_models(owner.pk).embedder == OLD
    assert studio.embedded == []


def test_a_plan_changes_nothing_and_says_what_the_run_then_does(owner: User, studio: Studio) -> None:
    name_everyone(owner)
    studio.missed["yunet"] = {(image, 0) for image in studio.who}
    before = everything(owner, derived=False)
    plan = run(owner, plan=True, detector="yunet")
    assert everything(owner, derived=False) == before
    done = run(owner, detector="yunet")
    assert plan == done
    assert everything(owner, derived=False) != before


def test_another_model_for_some_photos_waits_for_the_others(owner: User, studio: Studio) -> None:
    some = Image.objects.filter(pk=min(studio.who))
    outcome = run(owner, images=some, embedder=NEW)
    assert outcome.people is None
    assert outcome.lacking == Face.objects.exclude(image__in=some).count()
    assert owner_models(owner.pk).embedder == OLD


def test_another_detector_for_some_photos_touches_no_others(owner: User, studio: Studio) -> None:
    some = Image.objects.filter(pk=min(studio.who))
    run(owner, images=some, detector="yunet")
    assert set(Face.objects.filter(image__in=some).values_list("detector", flat=True)) == {"yunet"}
    assert set(Face.objects.exclude(image__in=some).values_list("detector", flat=True)) == {
        "retinaface_mobilenet"
    }
    assert owner_models(owner.pk).detector == "retinaface_mobilenet"


def test_other_settings_do_not_mix_models(owner: User, studio: Studio, settings: Any) -> None:
    settings.EMBEDDER, settings.DETECTOR = NEW, "yunet"
    image = studio.add(image_row(owner), 0, 1)
    assert set(image.faces.values_list("embeddings__model", "detector")) == {(OLD, "retinaface_mobilenet")}


def test_it_is_one_change(owner: User, studio: Studio) -> None:
    studio.missed["yunet"] = {(image, 1) for image in studio.who}
    before = Change.objects.count()
    run(owner, detector="yunet", embedder=NEW)
    assert Change.objects.count() == before + 1
    assert Change.objects.latest("pk").kind == Change.Kind.REINDEX


def test_other_owners_are_left_alone(owner: User, stranger: User, studio: Studio) -> None:
    image = image_row(stranger)
    studio.add(image, 0, 1)
    Person.objects.create(owner=stranger, name="Hers", birth_date=date(2000, 1, 1))
    before = set(Face.objects.filter(image=image).values_list("pk", "x", "embeddings__model"))
    studio.shift["yunet"] = 0.03
    run(owner, detector="yunet", embedder=NEW)
    assert set(Face.objects.filter(image=image).values_list("pk", "x", "embeddings__model")) == before
    assert owner_models(stranger.pk).embedder == OLD


def test_every_embedder_has_an_index_and_a_distance_of_its_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'faces_faceembedding'")
        indexes = [row[0] for row in cursor.fetchall()]
    for name, profile in PROFILES.items():
        assert any("hnsw" in index and f"'{name}'" in index for index in indexes)
        assert profile.join_rule.distance > 0
