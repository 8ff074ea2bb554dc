"""Erasing: all that was found of an owner's faces, or of one person; and that it does not come back."""

import json
from typing import Any

import numpy as np
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from albums.models import Image
from albums.services.core.progress import stages
from faces import tasks
from faces.models import (
    Change,
    ClusteringRun,
    ErasureReceipt,
    Face,
    FaceAttributes,
    FaceEmbedding,
    FaceRecognition,
    FaceScan,
    OwnerModels,
    Person,
    PersonAlbum,
    StagedFace,
    StagedScan,
    Verdict,
)
from faces.services.core.consent import RecognitionOff, recognition_enabled, recognition_set
from faces.services.core.pixels import portrait_store
from faces.services.detecting.retries import failed_scans, scans_retry
from faces.services.detecting.scans import scans_claim, scans_open, scans_run
from faces.services.erasing.erasure import ERASED, leftovers_erase, owner_faces_erase, recognition_end
from faces.services.grouping.run import owner_recluster
from faces.services.reindexing.run import reindex, reindex_request
from tests.faces.attributes import estimate
from tests.faces.coloured import ColourDetector, photo
from tests.faces.services.conftest import World
from tests.faces.services.erasing.families import cropped, family, is_there, staged
from tests.rows import album_of

PENDING, DONE, FAILED = FaceScan.State.PENDING, FaceScan.State.DONE, FaceScan.State.FAILED


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def test_switching_off_leaves_no_row_and_no_file_of_any_face(
    world: World, stranger: User, django_capture_on_commit_callbacks: Any
) -> None:
    _anna, _bert, faces = family(world)
    for face in faces:
        estimate(face, 30)
    staged(faces[0].image)
    OwnerModels.objects.create(owner=world.owner, detector="yunet", embedder="facenet128")
    owner_recluster(world.owner)
    # What a killed worker left behind: a file that no row names.
    orphan = portrait_store(owner_id=world.owner.pk, portrait=np.zeros((8, 8, 3), np.uint8))
    other = World(stranger)
    theirs = cropped(other.photo(3)[0])
    estimate(theirs, 30)
    with django_capture_on_commit_callbacks(execute=True):
        receipt = recognition_end(owner=world.owner)
    assert list(Face.objects.all()) == [theirs]
    assert [vector.face_id for vector in FaceEmbedding.objects.all()] == [theirs.pk]
    assert [row.face_id for row in FaceAttributes.objects.all()] == [theirs.pk]
    assert [scan.image_id for scan in FaceScan.objects.all()] == [theirs.image_id]
    for table in (Person, Verdict, Change, StagedScan, StagedFace, ClusteringRun, OwnerModels):
        assert not table.objects.exists(), table
    assert not any(is_there(face) for face in faces)
    assert not theirs.crop.storage.exists(orphan)
    assert is_there(theirs)
    assert Image.objects.filter(owner=world.owner).count() == 3
    assert receipt.counts["faces"] == 5
    assert receipt.counts["vectors"] == 5
    assert receipt.counts["estimates"] == 5
    assert receipt.counts["crops"] == 6
    assert receipt.counts["people"] == 2
    assert receipt.counts["staged"] == 1
    assert "Anna" not in json.dumps(receipt.counts) + receipt.what


def test_no_table_about_faces_is_forgotten() -> None:
    """A new table holds something of faces until somebody says otherwise."""
    stays = {FaceRecognition, ErasureReceipt}
    erased = {f"faces_{table}" for _kind, table, _condition in ERASED}
    for model in apps.get_app_config("faces").get_models(include_auto_created=True):
        if model not in stays:
            assert model._meta.db_table in erased, model


def test_erasing_is_one_step_or_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    family(world)

    def fail(**_values: object) -> None:
        raise InterruptedError

    monkeypatch.setattr(ErasureReceipt.objects, "create", fail)
    with pytest.raises(InterruptedError):
        recognition_end(owner=world.owner)
    assert Face.objects.count() == 5
    # Recognition is off all the same, and the next clean-up erases the rest.
    assert not recognition_enabled(world.owner.pk)


def test_an_album_that_filled_itself_keeps_its_photos(world: World) -> None:
    anna, _bert, faces = family(world)
    album = album_of(world.owner, faces[0].image, name="Anna")
    PersonAlbum.objects.create(album=album).people.add(anna)
    recognition_end(owner=world.owner)
    assert album.images.count() == 1
    assert not PersonAlbum.objects.exists()


def test_no_faces_are_detected_where_recognition_is_off(
    owner: User, stranger: User, detector: ColourDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[int]] = []
    monkeypatch.setattr(tasks.scan_images, "delay", lambda ids: sent.append(list(ids)))
    monkeypatch.setattr(tasks.cluster_owner, "apply_async", lambda **_kwargs: None)
    mine, theirs = photo(owner, red=(10, 10, 80)), photo(stranger, red=(10, 10, 80))
    recognition_set(owner=owner, enabled=False)
    assert scans_open([mine.pk, theirs.pk]) == [theirs.pk]
    tasks.resume_scanning(everything=True)
    assert sent == [[theirs.pk]]
    # Enqueued before recognition was switched off.
    FaceScan.objects.create(image=mine)
    assert scans_claim([mine.pk, theirs.pk]) == [theirs.pk]
    assert scans_run([mine.pk, theirs.pk]) == [stranger.pk]
    assert set(Face.objects.values_list("image", flat=True)) == {theirs.pk}


def test_a_scan_under_way_stops_at_the_next_photo_and_keeps_nothing(
    owner: User, detector: ColourDetector
) -> None:
    images = [photo(owner, red=(10, 10, 80)) for _ in range(3)]
    scans_open([image.pk for image in images])

    def switch(_picture: object) -> None:
        recognition_set(owner=owner, enabled=False)

    detector.before = switch
    scans_run(scans_claim([image.pk for image in images]))
    assert detector.looks == 1
    assert not Face.objects.exists()


def test_photos_are_not_looked_at_again_by_command_where_it_is_switched_off(
    owner: User, detector: ColourDetector
) -> None:
    photo(owner, red=(10, 10, 80))
    recognition_set(owner=owner, enabled=False)
    with pytest.raises(RecognitionOff):
        reindex(reindex_request(owner=owner), plan=False, progress=lambda _kind, _count: None)
    assert not StagedScan.objects.exists()
    assert owner_recluster(owner) is None


def test_there_are_no_stages_of_faces_where_it_is_switched_off(owner: User) -> None:
    assert [stage.name for stage in stages(owner.pk)] == ["read", "scan", "group"]
    recognition_set(owner=owner, enabled=False)
    assert [stage.name for stage in stages(owner.pk)] == ["read"]


def test_what_came_after_switching_off_is_erased_too(
    world: World, stranger: User, django_capture_on_commit_callbacks: Any
) -> None:
    face = cropped(world.photo(0)[0])
    World(stranger).photo(1)
    recognition_set(owner=world.owner, enabled=False)
    with django_capture_on_commit_callbacks(execute=True):
        assert leftovers_erase() == [world.owner.pk]
    assert not is_there(face)
    assert Face.objects.count() == 1
    assert leftovers_erase() == []
    assert ErasureReceipt.objects.count() == 1


def test_switched_on_again_all_photos_are_looked_at(
    owner: User, detector: ColourDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[int]] = []
    monkeypatch.setattr(tasks.scan_images, "delay", lambda ids: sent.append(list(ids)))
    images = [photo(owner, red=(10, 10, 80)) for _ in range(2)]
    scans_open([image.pk for image in images])
    scans_run(scans_claim([image.pk for image in images]))
    recognition_end(owner=owner)
    recognition_set(owner=owner, enabled=True)
    tasks.scan_owner(owner.pk)
    assert sent == [[image.pk for image in images]]
    scans_run(scans_claim([image.pk for image in images]))
    assert Face.objects.count() == 2


def test_erasing_all_costs_as_many_queries_for_many_faces_as_for_few(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            owner_faces_erase(world.owner)
        return len(queries)

    world.photo(0, 1)
    few = cost()
    for _ in range(12):
        world.photo(0, 1, 2)
    assert cost() == few


def test_failed_scans_are_tried_again_and_only_ones_own(owner: User, stranger: User) -> None:
    mine, other, theirs = photo(owner), photo(owner), photo(stranger)
    for image in (mine, other, theirs):
        FaceScan.objects.create(image=image, state=FAILED, reason="broken", attempts=3)
    assert scans_retry(owner=owner, image_ids=[mine.pk, theirs.pk]) == [mine.pk]
    assert scans_retry(owner=owner) == [other.pk]
    assert not failed_scans(owner).exists()
    assert FaceScan.objects.get(image=theirs).state == FAILED
    assert FaceScan.objects.get(image=mine).attempts == 0


def test_without_a_decision_recognition_is_not_refused(owner: User) -> None:
    assert recognition_enabled(owner.pk)
    FaceRecognition.objects.create(owner=owner)
    assert recognition_enabled(owner.pk)
