"""Switching face recognition off and on, erasing one person, and what other pages say meanwhile."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from albums.models import Image
from albums.tasks import sweep_erased
from faces import tasks
from faces.models import ErasureReceipt, Face, FaceScan, Person
from faces.services.core.consent import recognition_enabled, recognition_set
from faces.views import jobs
from tests.rows import face_row, stored_image

PAGES = ("/people/", "/review/", "/lookalike/", "/changes/", "/faces/waiting/")


@pytest.fixture(autouse=True)
def tasks_sent(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the enqueued work."""
    answered: list[object] = []
    monkeypatch.setattr(sweep_erased, "delay", lambda: answered.append("sweep"))
    monkeypatch.setattr(tasks.scan_owner, "delay", answered.append)
    monkeypatch.setattr(jobs, "enqueue_scans", lambda ids: answered.append(list(ids)))
    return answered


def test_off_asks_first_and_then_shows_the_receipt(
    signed_in: Client, owner: User, tasks_sent: list[object], django_capture_on_commit_callbacks: Any
) -> None:
    face_row(stored_image(owner), person=Person.objects.create(owner=owner, name="Anna"))
    question = signed_in.get("/settings/faces/off/").content.decode()
    assert "1 named" in question
    assert Face.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in.post("/settings/faces/off/", follow=True)
    assert not Face.objects.exists()
    assert not recognition_enabled(owner.pk)
    page = answer.content.decode()
    assert "Receipts" in page
    assert "People and their names" in page
    assert "It is being removed from the database&#x27;s files (0 %)" in page
    assert "Anna" not in page
    assert tasks_sent == ["sweep"]


def test_the_viewer_offers_to_draw_and_show_faces_only_while_it_is_on(signed_in: Client, owner: User) -> None:
    page = f"/photos/{stored_image(owner).pk}/"
    for enabled in (True, False):
        recognition_set(owner=owner, enabled=enabled)
        shown = signed_in.get(page).content.decode()
        parts = ('id="draw"', 'id="draw-form"', 'id="boxes"', "Not scanned for faces yet")
        assert [part in shown for part in parts] == [enabled] * 4
        assert ("Face recognition is off" in shown) is not enabled


def test_on_again_looks_at_all_photos(
    signed_in: Client, owner: User, tasks_sent: list[object], django_capture_on_commit_callbacks: Any
) -> None:
    recognition_set(owner=owner, enabled=False)
    assert signed_in.get("/settings/faces/on/").status_code == 405
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post("/settings/faces/on/")
    assert recognition_enabled(owner.pk)
    assert tasks_sent == [owner.pk]


@pytest.mark.parametrize("path", PAGES)
def test_pages_about_faces_say_why_they_are_empty(signed_in: Client, owner: User, path: str) -> None:
    assert "Face recognition is off" not in signed_in.get(path).content.decode()
    recognition_set(owner=owner, enabled=False)
    assert "Face recognition is off" in signed_in.get(path).content.decode()
    assert "Face recognition is off" in signed_in.post(path).content.decode()
    assert Client().get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_it_is_off_for_one_account_alone(signed_in: Client, owner: User, stranger: User) -> None:
    recognition_set(owner=stranger, enabled=False)
    assert "Face recognition is off" not in signed_in.get("/people/").content.decode()


def test_erasing_a_person_asks_and_says_what_goes(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    person = Person.objects.create(owner=owner, name="Anna")
    face_row(image, person=person)
    page = signed_in.get(f"/people/{person.pk}/erase/").content.decode()
    assert "Delete the face data of Anna?" in page
    assert "1 face" in page
    assert Person.objects.exists()
    answer = signed_in.post(f"/people/{person.pk}/erase/", follow=True)
    assert not Person.objects.exists()
    assert not Face.objects.exists()
    assert Image.objects.filter(pk=image.pk).exists()
    assert "One person" in answer.content.decode()


def test_another_owners_person_is_not_there_to_be_erased(signed_in: Client, stranger: User) -> None:
    person = Person.objects.create(owner=stranger, name="Bert")
    for path in (f"/people/{person.pk}/erase/", "/people/999999/erase/"):
        assert signed_in.get(path).status_code == 404
        assert signed_in.post(path).status_code == 404
    assert Person.objects.exists()


def test_receipts_are_ones_own(signed_in: Client, owner: User, stranger: User) -> None:
    ErasureReceipt.objects.create(owner=stranger, what="one person", counts={"faces": 1})
    assert "Receipts" not in signed_in.get("/settings/faces/").content.decode()


def test_a_photo_that_could_not_be_looked_at_shows_why_and_is_tried_again(
    signed_in: Client,
    owner: User,
    stranger: User,
    tasks_sent: list[object],
    django_capture_on_commit_callbacks: Any,
) -> None:
    mine, theirs = stored_image(owner), stored_image(stranger, number=2)
    for image in (mine, theirs):
        FaceScan.objects.create(
            image=image, state=FaceScan.State.FAILED, reason="model_missing", detail="No facenet.onnx."
        )
    assert (
        signed_in.get("/settings/jobs/").content.decode().count("A model is not installed on this server.")
        == 1
    )
    for key in (theirs.pk, 10**9, "x", "9" * 30):
        assert signed_in.post("/settings/jobs/faces/retry/", {"image": key}).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post("/settings/jobs/faces/retry/", {"image": mine.pk})
    assert tasks_sent == [[mine.pk]]
    assert "A model is not installed on this server." not in signed_in.get("/settings/jobs/").content.decode()
