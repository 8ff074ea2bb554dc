"""Reindexing that is interrupted, disturbed or meets unreadable photos resumes where it ended."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection

from albums.locks import AdvisoryLock
from albums.models import Image
from faces.models import (
    Face,
    FaceEmbedding,
    FaceScan,
    StagedScan,
)
from faces.services.core.owner_pipeline import owner_models
from faces.services.reindexing.run import ReindexUnderWay, reindex, reindex_request
from tests.faces.services.reindexing.studio import (
    NEW,
    OLD,
    PHOTOS,
    Studio,
    everything,
    name_everyone,
    places,
    run,
)
from tests.rows import image_row


def test_interrupted_it_goes_on_where_it_ended(owner: User, studio: Studio) -> None:
    before = everything(owner, derived=False)
    studio.stop_after = 10
    with pytest.raises(KeyboardInterrupt):
        run(owner, embedder=NEW)
    assert everything(owner, derived=False) == before
    done = set(FaceEmbedding.objects.filter(model=NEW).values_list("face__image_id", flat=True))
    studio.stop_after = None
    studio.embedded.clear()
    run(owner, embedder=NEW)
    assert not done & set(studio.embedded)
    assert FaceEmbedding.objects.filter(model=NEW).count() == Face.objects.count()


def test_detection_goes_on_where_it_ended(owner: User, studio: Studio) -> None:
    before = everything(owner, derived=False)
    studio.stop_after = 19
    with pytest.raises(KeyboardInterrupt):
        run(owner, detector="yunet")
    assert everything(owner, derived=False) == before
    done = set(StagedScan.objects.filter(state="done").values_list("image_id", flat=True))
    assert done
    assert not StagedScan.objects.exclude(attempts=0).exists()
    studio.stop_after = None
    studio.embedded.clear()
    run(owner, detector="yunet")
    assert not done & set(studio.embedded)
    assert set(Face.objects.values_list("detector", flat=True)) == {"yunet"}
    assert not StagedScan.objects.exists()


def test_a_photo_that_arrives_meanwhile_is_filled_in_before_the_switch(owner: User, studio: Studio) -> None:
    arrived: list[Image] = []

    def arrive(kind: str, count: int) -> None:
        if not arrived:
            arrived.append(studio.add(image_row(owner), 0, 1))

    reindex(reindex_request(owner=owner, embedder=NEW), plan=False, progress=arrive)
    assert set(arrived[0].faces.values_list("embeddings__model", flat=True)) == {OLD, NEW}
    assert not arrived[0].faces.filter(person=None).exists()


def test_a_photo_that_arrives_while_faces_are_looked_for_is_looked_at_too(
    owner: User, studio: Studio
) -> None:
    arrived: list[Image] = []

    def arrive(kind: str, count: int) -> None:
        if not arrived:
            arrived.append(studio.add(image_row(owner), 0, 1))

    reindex(reindex_request(owner=owner, detector="yunet"), plan=False, progress=arrive)
    assert set(arrived[0].faces.values_list("detector", flat=True)) == {"yunet"}


def test_a_photo_that_ends_the_process_is_given_up_and_its_neighbours_are_not(
    owner: User, studio: Studio
) -> None:
    killer = min(studio.who)
    StagedScan.objects.create(
        image_id=killer,
        detector="yunet",
        embedder=OLD,
        side=owner_models(owner.pk).detection_side,
        attempts=3,
    )
    there = set(Face.objects.filter(image=killer).values_list("pk", flat=True))
    outcome = run(owner, detector="yunet")
    assert outcome.carried is not None
    assert (outcome.carried.photos, outcome.carried.failed) == (PHOTOS - 1, 1)
    assert FaceScan.objects.get(image=killer).reason == "crashed"
    assert set(Face.objects.filter(image=killer).values_list("pk", flat=True)) == there


def test_a_photo_that_cannot_be_read_leaves_its_faces_where_they_are(owner: User, studio: Studio) -> None:
    name_everyone(owner)
    lost = min(studio.who)
    studio.unreadable.add(lost)
    before = places(owner)
    outcome = run(owner, embedder=NEW)
    assert outcome.unreadable == 1
    assert places(owner) == before
    run(owner, detector="yunet")
    assert {face: places(owner)[face] for face in before} == before
    assert FaceScan.objects.get(image=lost).state == "failed"


def test_two_at_once_are_one_too_many(owner: User, studio: Studio) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [int(AdvisoryLock.REINDEXING), owner.pk])
        with pytest.raises(ReindexUnderWay):
            run(owner, embedder=NEW)
    finally:
        other.close()
