"""albums.services.jobs.jobs: what an owner does with jobs, within limits."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from albums.exceptions import JobCode, JobFailed, JobRefused
from albums.models import Job, JobFile
from albums.services.accounts.account_deletion import account_delete
from albums.services.jobs import jobs
from albums.services.jobs.jobs import (
    JobUpload,
    job_cancel,
    job_create,
    job_delete,
    job_expiry,
    job_keep,
    job_retry,
    job_stop,
    jobs_expire,
)
from albums.services.jobs.kinds import JobKind
from albums.services.jobs.running import job_run
from albums.storage import stored_below

DAY = timedelta(days=1)


def stored() -> list[str]:
    """All files of jobs in the storage."""
    return list(stored_below(JobFile.file.field.storage, "jobs"))


def ended(owner: User) -> Job:
    job = job_create(owner=owner, kind="shout", files={"word": JobUpload(b"hey", "text/plain")})
    job_run(job_id=job.pk)
    job.refresh_from_db()
    return job


def test_an_owner_has_few_unfinished_jobs_of_a_kind(
    ada: User, grace: User, job_kinds: dict[str, JobKind]
) -> None:
    for _ in range(job_kinds["fail"].most_waiting):
        last = job_create(owner=ada, kind="fail")
    with pytest.raises(JobRefused) as refusal:
        job_create(owner=ada, kind="fail")
    assert (refusal.value.code, refusal.value.values) == (JobCode.TOO_MANY, {"most": 2})
    job_create(owner=grace, kind="fail")
    job_run(job_id=last.pk)
    job_create(owner=ada, kind="fail")


def test_an_owner_has_few_unfinished_jobs_in_all(
    ada: User, job_kinds: dict[str, JobKind], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_UNFINISHED", 2)
    job_create(owner=ada, kind="fail")
    job_create(owner=ada, kind="shout")
    with pytest.raises(JobRefused, match="too_many"):
        job_create(owner=ada, kind="break")


def test_files_of_jobs_have_a_limit_and_a_refused_job_leaves_none(
    ada: User, job_kinds: dict[str, JobKind], settings: object
) -> None:
    settings.STUDIO_MOST_MB = 1  # type: ignore[attr-defined]  # a fixture
    half = JobUpload(bytes(600_000))
    job_create(owner=ada, kind="shout", files={"word": half})
    with pytest.raises(JobRefused) as refusal:
        job_create(owner=ada, kind="shout", files={"word": half})
    assert (refusal.value.code, refusal.value.values["used_bytes"]) == (JobCode.FULL, 600_000)
    with pytest.raises(ValueError, match="not a name"):
        job_create(owner=ada, kind="shout", files={"word": JobUpload(b"x"), "../word": JobUpload(b"x")})
    assert len(stored()) == Job.objects.count() == 1


def test_a_kind_checks_inputs_when_a_job_is_created_and_again_when_it_runs(
    ada: User, job_kinds: dict[str, JobKind]
) -> None:
    with pytest.raises(JobFailed, match="forbidden"):
        job_create(owner=ada, kind="checked", inputs={"allowed": False})
    job = job_create(owner=ada, kind="checked", inputs={"allowed": True})
    Job.objects.update(inputs={"allowed": False})
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason) == ("failed", "forbidden")


def test_a_waiting_job_is_cancelled_and_retried(ada: User, job_kinds: dict[str, JobKind]) -> None:
    job = job_create(owner=ada, kind="shout", options={"word": "hey"})
    job_cancel(job=job)
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("cancelled", 0)
    with pytest.raises(JobRefused, match=JobCode.ENDED):
        job_cancel(job=job)
    job_retry(job=job)
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    with pytest.raises(JobRefused, match=JobCode.NOT_ENDED):
        job_retry(job=job)
    with pytest.raises(JobRefused, match=JobCode.ENDED):
        job_stop(job=job)


@pytest.mark.django_db(transaction=True)
def test_jobs_that_are_not_saved_expire_a_day_after_their_end(
    ada: User, job_kinds: dict[str, JobKind]
) -> None:
    old, saved, new = ended(ada), ended(ada), ended(ada)
    waiting = job_create(owner=ada, kind="shout", options={"word": "hey"})
    job_keep(job=saved, keep=True)
    past = timezone.now() - DAY
    Job.objects.exclude(pk=new.pk).update(finished_at=past, created_at=past)
    Job.objects.filter(pk=waiting.pk).update(finished_at=None)
    assert jobs_expire() == 1
    assert set(Job.objects.all()) == {saved, new, waiting}
    assert not any(f"/{old.pk}/" in name for name in stored())
    assert len(stored()) == 6
    assert (job_expiry(saved), job_expiry(waiting)) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_a_deleted_job_takes_its_files_with_it(ada: User, job_kinds: dict[str, JobKind]) -> None:
    job_delete(job=ended(ada))
    assert stored() == []


@pytest.mark.django_db(transaction=True)
def test_jobs_are_deleted_with_the_account(ada: User, grace: User, job_kinds: dict[str, JobKind]) -> None:
    ended(ada)
    theirs = ended(grace)
    counts = account_delete(user=ada).counts
    assert (counts["jobs"], counts["files"]) == (1, 3)
    assert list(Job.objects.all()) == [theirs]
    assert all(name.startswith(f"jobs/{grace.pk}/") for name in stored())
