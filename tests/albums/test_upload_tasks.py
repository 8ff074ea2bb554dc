"""albums.tasks: zips are unpacked in timed steps, and continued."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import Retry
from django.contrib.auth.models import User
from django.utils import timezone
from kombu.exceptions import OperationalError

from albums import tasks
from albums.models import Upload
from tests.rows import upload_row


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The zips that were enqueued."""
    ids: list[str] = []
    monkeypatch.setattr(tasks.unpack_archive, "delay", ids.append)
    return ids


@pytest.mark.parametrize("finished", [True, False])
def test_the_rest_of_a_zip_is_enqueued_again(
    ada: User,
    sent: list[str],
    finished: bool,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(tasks, "archive_unpack", lambda **_given: finished)
    upload_id = str(uuid.uuid4())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.unpack_archive(upload_id)
    assert sent == ([] if finished else [upload_id])


def test_a_deleted_zip_is_not_an_error(ada: User, sent: list[str]) -> None:
    tasks.unpack_archive(str(uuid.uuid4()))
    assert sent == []


def test_unpacking_is_retried_later_when_the_disk_is_full(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    error = OSError(28, "No space left on device")

    def full(**_given: object) -> bool:
        raise error

    def retry(*, exc: Exception, countdown: int) -> Retry:
        assert (exc, countdown) == (error, tasks.RETRY_SECONDS)
        return Retry()

    monkeypatch.setattr(tasks, "archive_unpack", full)
    monkeypatch.setattr(tasks.unpack_archive, "retry", retry)
    with pytest.raises(Retry):
        tasks.unpack_archive(str(uuid.uuid4()))


def test_a_stale_zip_is_enqueued_again(
    ada: User, sent: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    stale, _fresh, _coming, _done = (
        upload_row(ada, state=state) for state in ("unpacking", "unpacking", "coming", "unpacked")
    )
    Upload.objects.filter(pk=stale.pk).update(changed_at=timezone.now() - timedelta(hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.resume_unpacking() == 1
    assert sent == [str(stale.pk)]
    sent.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.resume_unpacking(everything=True) == 2


def test_uploading_a_zip_works_without_a_broker(
    ada: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def refuse(_upload_id: str) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.unpack_archive, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue_unpacking(uuid.uuid4())
