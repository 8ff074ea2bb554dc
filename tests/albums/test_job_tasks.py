"""albums.job_tasks: jobs are enqueued, wait for a slot, and run one after the other."""

from typing import Any

import pytest
from celery.exceptions import Retry
from django.contrib.auth.models import User
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerUnavailable
from pytest_django import DjangoCaptureOnCommitCallbacks

from albums import job_tasks
from albums.job_tasks import enqueue_job, resume_jobs, run_job
from albums.locks import AdvisoryLock
from albums.models import Job
from albums.services.jobs.jobs import job_create
from albums.services.jobs.kinds import JobKind
from albums.services.jobs.slots import job_next
from tests.albums.jobs import held_elsewhere


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the jobs that were enqueued."""
    ids: list[int] = []
    monkeypatch.setattr(run_job, "delay", ids.append)
    return ids


def shout(owner: User) -> Job:
    return job_create(owner=owner, kind="shout", options={"word": "hey"})


def states() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("state", flat=True))


def test_a_job_is_enqueued_on_commit_and_again_if_its_message_was_lost(
    ada: User,
    job_kinds: dict[str, JobKind],
    sent: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = shout(ada)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_job(job.pk)
        assert sent == []
    assert sent == [job.pk]
    with django_capture_on_commit_callbacks(execute=True):
        assert resume_jobs() == 0
        assert resume_jobs(everything=True) == 1
    assert sent == [job.pk] * 2

    def unavailable(job_id: int) -> None:
        raise BrokerUnavailable

    monkeypatch.setattr(run_job, "delay", unavailable)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_job(job.pk)
    assert Job.objects.get().queued_at is None


@pytest.mark.django_db(transaction=True)
def test_without_a_free_slot_a_job_waits_and_the_end_of_another_enqueues_the_next(
    ada: User, grace: User, job_kinds: dict[str, JobKind], sent: list[int], settings: Any
) -> None:
    settings.STUDIO_AT_ONCE = 1
    first, second, of_grace = shout(ada), shout(ada), shout(grace)
    with held_elsewhere(AdvisoryLock.JOB_SLOT, 0):
        run_job(first.pk)
        assert (states(), sent) == (["waiting"] * 3, [])
    run_job(first.pk)
    assert (states(), sent) == (["done", "waiting", "waiting"], [second.pk])
    Job.objects.filter(pk=first.pk).update(state="running")
    assert job_next() == of_grace.pk


@pytest.mark.django_db(transaction=True)
def test_a_retried_job_waits_for_its_cancelled_run(
    ada: User, job_kinds: dict[str, JobKind], sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = shout(ada)

    def later(**_options: Any) -> Retry:
        return Retry()

    monkeypatch.setattr(job_tasks.run_job, "retry", later)
    with held_elsewhere(AdvisoryLock.JOB, job.pk):
        with pytest.raises(Retry):
            run_job(job.pk)
        Job.objects.update(state="running", started_at=timezone.now())
        run_job(job.pk)
    assert (states(), sent) == (["running"], [])
