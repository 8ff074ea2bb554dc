"""Effects on faces of changes to photos."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import transaction

from albums.models import Image
from albums.signals import images_ready
from faces import receivers
from faces.models import Face, FaceEmbedding, FaceScan, Person
from tests.faces.coloured import face
from tests.rows import image_row, image_rows


def with_crop(row: Face) -> Face:
    row.crop.save("crop.jpg", ContentFile(b"a picture"))
    return row


def is_there(row: Face) -> bool:
    return row.crop.storage.exists(str(row.crop.name))


@pytest.mark.django_db
def test_photos_that_were_read_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    enqueued: list[list[int]] = []
    monkeypatch.setattr(receivers, "enqueue_scans", enqueued.append)
    images_ready.send(sender=Image, image_ids=[3, 5])
    assert enqueued == [[3, 5]]


@pytest.mark.django_db
def test_connecting_twice_is_connecting_once(monkeypatch: pytest.MonkeyPatch) -> None:
    enqueued: list[list[int]] = []
    monkeypatch.setattr(receivers, "enqueue_scans", enqueued.append)
    receivers.connect()
    images_ready.send(sender=Image, image_ids=[1])
    assert enqueued == [[1]]


def test_a_deaf_broker_does_not_hinder_who_reads_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_ids: list[int]) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(receivers, "enqueue_scans", refuse)
    # As albums sends it: the scans are taken up by the next resume.
    answers = [answer for _, answer in images_ready.send_robust(sender=Image, image_ids=[1])]
    assert any(isinstance(answer, ConnectionError) for answer in answers)


def test_a_face_takes_its_crop_along_once_that_is_certain(
    ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    row = with_crop(face(image_row(ada)))
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
        assert is_there(row)
    assert not is_there(row)


def test_a_photo_takes_its_scan_its_faces_and_their_crops_along(
    ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    gone, stays = image_rows(ada, 2)
    crops = [with_crop(face(gone)) for _ in range(2)]
    remaining = with_crop(face(stays))
    FaceScan.objects.create(image=gone)
    person = Person.objects.create(owner=ada, name="Ruby", cover=crops[0])
    with django_capture_on_commit_callbacks(execute=True):
        Image.objects.filter(pk=gone.pk).delete()
    assert not any(is_there(row) for row in crops)
    assert is_there(remaining)
    assert not FaceScan.objects.exists()
    assert FaceEmbedding.objects.count() == 1
    person.refresh_from_db()
    assert person.cover is None


def test_a_deletion_that_is_taken_back_keeps_the_crop(
    ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    row = with_crop(face(image_row(ada)))

    def change_of_mind() -> None:
        with transaction.atomic():
            Face.objects.filter(pk=row.pk).delete()
            raise InterruptedError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(InterruptedError):
        change_of_mind()
    assert Face.objects.filter(pk=row.pk).exists()
    assert is_there(row)


def test_a_face_without_a_crop_can_go(ada: User, django_capture_on_commit_callbacks: Any) -> None:
    row = face(image_row(ada))
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
    assert not Face.objects.exists()
