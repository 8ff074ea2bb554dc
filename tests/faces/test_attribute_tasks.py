"""The work of age and gender: who has it queued, when, and once."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from faces import attribute_tasks, receivers
from faces.attribute_tasks import enqueue_attributes, enqueue_unfinished_attributes, resume_attributes
from faces.models import Change, Face, FaceAttributes
from faces.services.attributes import estimation
from faces.services.core.consent import recognition_set
from tests.faces.attributes import BrightnessSession, switch_on
from tests.rows import face_row, stored_image


@pytest.fixture(autouse=True)
def queued(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the owners whose work is queued."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    sent: list[int] = []
    monkeypatch.setattr(resume_attributes, "delay", sent.append)
    return sent


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> BrightnessSession:
    made = BrightnessSession()
    monkeypatch.setattr(estimation, "get_age_gender", lambda: made.model)
    monkeypatch.setattr(attribute_tasks, "attributes_available", lambda: True)
    return made


@pytest.fixture
def face(owner: User) -> Face:
    return face_row(stored_image(owner))


def test_scanned_photos_are_estimated_where_it_is_on(
    owner: User, stranger: User, face: Face, queued: list[int]
) -> None:
    theirs = stored_image(stranger)
    receivers.estimate_attributes(image_ids=[face.image_id, theirs.pk])
    assert queued == []
    switch_on(owner)
    receivers.estimate_attributes(image_ids=[face.image_id, theirs.pk])
    assert queued == [owner.pk]


def test_it_is_queued_once_until_it_begins(
    owner: User, queued: list[int], session: BrightnessSession
) -> None:
    switch_on(owner)
    for _ in range(3):
        enqueue_attributes([owner.pk])
    assert queued == [owner.pk]
    resume_attributes(owner.pk)
    enqueue_attributes([owner.pk])
    assert queued == [owner.pk] * 2


@pytest.mark.parametrize(("kind", "count"), [("draw", 1), ("reindex", 1), ("name", 0)])
def test_faces_that_a_change_added_are_estimated(
    owner: User, queued: list[int], kind: str, count: int, django_capture_on_commit_callbacks: Any
) -> None:
    switch_on(owner)
    with django_capture_on_commit_callbacks(execute=True):
        Change.objects.create(owner=owner, kind=kind)
    assert len(queued) == count


def test_the_task_estimates_all_faces_of_the_owner(
    owner: User, stranger: User, face: Face, session: BrightnessSession
) -> None:
    face_row(stored_image(stranger))
    switch_on(owner)
    switch_on(stranger)
    resume_attributes(owner.pk)
    assert [row.face_id for row in FaceAttributes.objects.all()] == [face.pk]


def test_what_a_lost_task_left_is_queued_again(
    owner: User, stranger: User, face: Face, session: BrightnessSession, queued: list[int]
) -> None:
    face_row(stored_image(stranger))
    switch_on(owner)
    enqueue_unfinished_attributes()
    assert queued == [owner.pk]
    resume_attributes(owner.pk)
    queued.clear()
    enqueue_unfinished_attributes()
    assert queued == []


def test_without_the_model_nothing_is_queued_again(
    owner: User, face: Face, queued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attribute_tasks, "attributes_available", lambda: False)
    switch_on(owner)
    enqueue_unfinished_attributes()
    assert queued == []


def test_without_recognition_nothing_is_queued(owner: User, face: Face, queued: list[int]) -> None:
    switch_on(owner)
    recognition_set(owner=owner, enabled=False)
    enqueue_attributes([owner.pk])
    enqueue_unfinished_attributes()
    assert queued == []


@pytest.mark.django_db(transaction=True)
def test_a_storage_that_fails_is_tried_again(
    owner: User, face: Face, session: BrightnessSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_on(owner)
    session.fails = OSError("gone")
    retried: list[int] = []

    def retry(*, exc: Exception, countdown: int) -> Exception:
        retried.append(countdown)
        return exc

    monkeypatch.setattr(resume_attributes, "retry", retry)
    with pytest.raises(OSError, match="gone"):
        resume_attributes(owner.pk)
    assert retried == [2]
