"""The stored neighbours: runs that use them group as runs from nothing, and they are gone when faces are."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from pytest_django import DjangoCaptureOnCommitCallbacks

from albums.services.accounts.account_deletion import account_delete
from albums.services.erasing.bin import images_bin, images_erase
from albums.storage import stored_below
from faces.models import Face, FaceEmbedding
from faces.services.erasing.erasure import leftovers_erase, person_erase, recognition_end
from faces.services.grouping import stored_neighbours
from faces.services.grouping.run import owner_plan
from faces.services.grouping.stored_neighbours import (
    _read,
    neighbours_folder,
    neighbours_forget,
    neighbours_store,
)
from faces.vision.grouping import neighbour_lists
from faces.vision.grouping.neighbour_lists import NeighbourLists
from tests.faces.services.conftest import World
from tests.faces.services.grouping.regrouping import people, regroup


@pytest.fixture(autouse=True)
def _lists_of_few_faces_are_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_neighbours, "LEAST_FACES", 1)
    monkeypatch.setattr(neighbour_lists, "MOST_CHANGED", 1.0)


@pytest.fixture
def album(world: World) -> Iterator[World]:
    """Twelve photos of four people and of strangers, grouped."""
    for number in range(12):
        world.photo(number % 4, (number + 1) % 4, -1)
    regroup(world.owner)
    yield world
    neighbours_forget(world.owner.pk)


def files(owner: User) -> list[Path]:
    return [
        Path(default_storage.path(name))
        for name in stored_below(default_storage, neighbours_folder(owner.pk))
    ]


def groups() -> set[frozenset[int]]:
    return {frozenset(faces) for faces in people().values()}


def assert_as_from_nothing(owner: User) -> None:
    """Group with the stored neighbours, and again without them."""
    regroup(owner)
    found = groups()
    neighbours_forget(owner.pk)
    assert regroup(owner).moved == 0
    assert groups() == found


def test_faces_that_came_and_went_are_grouped_as_from_nothing(album: World) -> None:
    for number in range(4):
        album.photo(number, 7)
    gone = Face.objects.filter(image__owner=album.owner).order_by("pk")[10:13]
    Face.objects.filter(pk__in=list(gone.values_list("pk", flat=True))).update(binned=True)
    assert_as_from_nothing(album.owner)


def test_a_plan_stores_nothing(album: World) -> None:
    stored = [path.read_bytes() for path in files(album.owner)]
    album.photo(0, 1)
    assert owner_plan(album.owner).faces == 38
    assert [path.read_bytes() for path in files(album.owner)] == stored


def test_a_damaged_file_is_computed_anew(album: World) -> None:
    before = groups()
    [path] = files(album.owner)
    content = path.read_bytes()
    middle = len(content) // 2
    one_byte = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
    for damaged in (content[:middle], b"garbage" * 99, one_byte, b""):
        [path] = files(album.owner)
        path.write_bytes(damaged)
        assert stored_neighbours._read(album.owner.pk, "facenet_sface256") is None
        assert regroup(album.owner).moved == 0
        assert groups() == before
        assert stored_neighbours._read(album.owner.pk, "facenet_sface256") is not None


def test_a_run_that_is_killed_while_it_writes_leaves_the_former_file(album: World) -> None:
    [former] = files(album.owner)
    part = former.with_name(former.name[:-1] + chr(ord(former.name[-1]) + 1))
    part.write_bytes(former.read_bytes()[:1000])
    lists = stored_neighbours._read(album.owner.pk, "facenet_sface256")
    assert lists is not None
    assert len(lists.ids) == 36
    regroup(album.owner)
    assert len(files(album.owner)) == 1


def test_vectors_of_another_model_are_not_compared_with_the_stored_ones(album: World) -> None:
    assert stored_neighbours._read(album.owner.pk, "sface128") is None
    # The same model with other vectors, as after a restored backup.
    rng = np.random.default_rng(5)
    for embedding in FaceEmbedding.objects.filter(owner=album.owner).order_by("pk")[:9]:
        vector = rng.normal(size=len(embedding.vector))
        FaceEmbedding.objects.filter(pk=embedding.pk).update(vector=vector / np.linalg.norm(vector))
    assert_as_from_nothing(album.owner)


def test_a_file_holds_no_vector(album: World) -> None:
    [path] = files(album.owner)
    content = path.read_bytes()
    for embedding in FaceEmbedding.objects.filter(owner=album.owner):
        vector = np.asarray(embedding.vector[:4], dtype=np.float32)
        assert vector.tobytes() not in content
        assert vector.astype(">f4").tobytes() not in content


@pytest.mark.parametrize("ending", ["person", "recognition", "photos", "account"])
def test_neighbours_are_erased_with_the_faces(
    album: World, ending: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    owner = album.owner
    [path] = files(owner)
    with django_capture_on_commit_callbacks(execute=True):
        if ending == "person":
            person = Face.objects.filter(image__owner=owner, person__isnull=False)[0].person
            assert person is not None
            person_erase(person=person, by=owner)
        elif ending == "recognition":
            recognition_end(owner=owner)
        elif ending == "photos":
            photos = owner.images.filter(pk__in=list(owner.images.values_list("pk", flat=True)[:2]))
            images_bin(images=photos, by=owner)
            images_erase(images=photos)
        else:
            account_delete(user=owner)
    assert not path.exists()


def test_what_a_killed_worker_left_is_erased_where_recognition_is_off(album: World) -> None:
    [path] = files(album.owner)
    content = path.read_bytes()
    recognition_end(owner=album.owner)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    leftovers_erase()
    assert not path.exists()


def test_the_neighbours_of_few_faces_are_not_stored(album: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_neighbours, "LEAST_FACES", 1000)
    regroup(album.owner)
    assert files(album.owner) == []


def test_whenever_the_writer_is_killed_whole_lists_are_stored(owner: User) -> None:
    count, drawn = 20_000, np.random.default_rng(3)
    lists = NeighbourLists(
        np.arange(count), np.zeros((count, 24), dtype=np.int64), np.zeros((count, 24), dtype=np.float32)
    )
    neighbours_store(owner.pk, "facenet128", lists)
    left_over = kills = 0
    # At least one kill has to fall between the first byte of a file and the end of the former one.
    while kills < 20 or (left_over < 2 and kills < 500):
        kills += 1
        if (writer := os.fork()) == 0:
            while True:
                neighbours_store(owner.pk, "facenet128", lists)
        time.sleep(drawn.uniform(0, 0.1))
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        left_over = max(left_over, len(files(owner)))
        found = _read(owner.pk, "facenet128")
        assert found is not None
        assert (found.ids == lists.ids).all()
    assert left_over > 1
    neighbours_store(owner.pk, "facenet128", lists)
    assert len(files(owner)) == 1
    neighbours_forget(owner.pk)
