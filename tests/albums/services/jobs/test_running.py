"""albums.services.jobs.running: a job ends once, whatever becomes of its processes."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone

from albums.exceptions import JobCode
from albums.extensions import Extension, register
from albums.http.job_texts import job_texts
from albums.leases import MOST_ATTEMPTS
from albums.locks import AdvisoryLock
from albums.models import Job, JobFile
from albums.services.jobs import context as job_context
from albums.services.jobs.context import JobContext
from albums.services.jobs.jobs import JobUpload, job_cancel, job_create, job_delete, job_stop
from albums.services.jobs.kinds import JobKind
from albums.services.jobs.running import RunOutcome, job_run, jobs_lost
from albums.storage import stored_below
from tests.albums.jobs import held_elsewhere

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _every_progress_is_written(job_kinds: dict[str, JobKind], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_context, "SECONDS_BETWEEN_WRITES", 0)


def stored() -> list[str]:
    return list(stored_below(JobFile.file.field.storage, "jobs"))


def texts(job: Job) -> dict[str, bytes]:
    return {name: file.file.read() for name, file in job.results().items()}


def job_of(owner: User, run: Any, **more: Any) -> Job:
    """A job of a kind that is registered for this test alone."""
    register(Extension(app="tests", job_kinds=[JobKind(name="own", label="Own", run=run, **more)]))
    return job_create(owner=owner, kind="own")


def test_a_job_ends_with_its_result_and_files(ada: User) -> None:
    job = job_create(owner=ada, kind="shout", files={"word": JobUpload(b"hey", "text/plain")})
    assert job_run(job_id=job.pk) == RunOutcome.ENDED
    job.refresh_from_db()
    assert (job.state, job.progress, job.result, job.attempts) == ("done", 1.0, {"characters": 3}, 0)
    assert texts(job) == {"shout.txt": b"HEY", "again.txt": b"HEYHEY"}
    assert (list(job.previews()), list(job.uploads())) == ([], ["word"])


def test_progress_and_previews_are_visible_while_a_job_runs(ada: User) -> None:
    seen: list[tuple[Any, ...]] = []

    def run(context: JobContext) -> dict[str, Any]:
        context.progress(0.4, "sharpening", so_far={"losses": [3]})
        context.preview("small.txt", b"small", "text/plain")
        context.result("large.txt", b"large", "text/plain")
        job = Job.objects.get()
        seen.append((job.state, job.progress, job.result, job_texts(job).stage, set(job.previews())))
        assert job.results() == {}
        return {}

    job_run(job_id=job_of(ada, run, stages={"sharpening": "Sharpening…"}).pk)
    assert seen == [("running", 0.4, {"losses": [3]}, "Sharpening…", {"small.txt"})]


def test_an_expected_failure_has_a_sentence(ada: User) -> None:
    job = job_create(owner=ada, kind="fail")
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason) == ("failed", "too_quiet")
    assert job_texts(job).error == "Only 3 decibels."


def test_an_unexpected_error_ends_the_job_and_is_raised(ada: User) -> None:
    job = job_create(owner=ada, kind="break")
    with pytest.raises(RuntimeError, match="a bug"):
        job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason, job.detail) == ("failed", JobCode.BROKEN, "RuntimeError")
    assert "log" in job_texts(job).error


def test_a_temporary_error_lets_the_job_wait_and_after_three_it_is_given_up(ada: User) -> None:
    def run(context: JobContext) -> dict[str, Any]:
        context.result("half.txt", b"half", "text/plain")
        raise OperationalError

    job = job_of(ada, run)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(OperationalError):
            job_run(job_id=job.pk)
        job.refresh_from_db()
        assert job.state == "waiting"
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason, stored()) == ("failed", JobCode.CRASHED, [])


def test_a_time_limit_has_a_sentence_of_its_own(ada: User) -> None:
    def run(_context: JobContext) -> dict[str, Any]:
        raise ZeroDivisionError

    job = job_of(ada, run)
    job_run(job_id=job.pk, too_long=ZeroDivisionError)
    job.refresh_from_db()
    assert (job.state, job.reason) == ("failed", JobCode.TOOK_TOO_LONG)


@pytest.mark.parametrize("end", [job_cancel, job_delete])
@pytest.mark.django_db(transaction=True)
def test_a_job_that_ends_in_the_middle_leaves_no_file(ada: User, end: Any) -> None:
    reached: list[str] = []

    def run(context: JobContext) -> dict[str, Any]:
        context.preview("early.txt", b"early", "text/plain")
        context.result("half.txt", b"half", "text/plain")
        end(job=Job.objects.get())
        reached.append("middle")
        context.progress(0.5)
        reached.append("end")
        return {}

    job_run(job_id=job_of(ada, run).pk)
    assert (reached, stored()) == (["middle"], [])
    assert set(Job.objects.values_list("state", flat=True)) <= {"cancelled"}


def test_a_cancelled_run_that_looks_away_until_its_end_changes_nothing(ada: User) -> None:
    def run(context: JobContext) -> dict[str, Any]:
        context.result("late.txt", b"late", "text/plain")
        job_cancel(job=Job.objects.get())
        return {}

    job_run(job_id=job_of(ada, run).pk)
    job = Job.objects.get()
    assert (job.state, job.results(), stored()) == ("cancelled", {}, [])


def test_a_run_that_was_taken_over_by_another_changes_nothing(ada: User) -> None:
    def run(context: JobContext) -> dict[str, Any]:
        context.result("late.txt", b"late", "text/plain")
        Job.objects.update(started_at=timezone.now())
        return {}

    job_run(job_id=job_of(ada, run).pk)
    job = Job.objects.get()
    assert (job.state, job.results(), stored()) == ("running", {}, [])


def test_an_owner_ends_a_run_early_and_has_its_result(ada: User) -> None:
    def run(context: JobContext) -> dict[str, Any]:
        rounds = 0
        while not context.stopping:
            rounds += 1
            context.progress(0.1)
            job_stop(job=Job.objects.get())
        return {"rounds": rounds}

    job_run(job_id=job_of(ada, run, stoppable=True).pk)
    job = Job.objects.get()
    assert (job.state, job.result) == ("done", {"rounds": 2})


def test_the_files_of_a_killed_run_are_deleted_by_the_next(ada: User) -> None:
    job = job_create(owner=ada, kind="shout", options={"word": "hey"})
    killed = JobContext(job)
    killed.result("shout.txt", b"half", "text/plain")
    killed.result("other.txt", b"half", "text/plain")
    Job.objects.update(state="running", started_at=timezone.now(), attempts=1)
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, set(texts(job))) == ("done", {"shout.txt", "again.txt"})
    assert set(stored()) >= {file.file.name for file in job.results().values()}
    assert not {file.file.name for file in killed.made.values()} & set(stored())


@pytest.mark.django_db(transaction=True)
def test_a_job_that_another_process_runs_is_left_to_it(ada: User) -> None:
    job = job_create(owner=ada, kind="shout", options={"word": "hey"})
    Job.objects.update(state="running", started_at=timezone.now(), attempts=1)
    with held_elsewhere(AdvisoryLock.JOB, job.pk):
        assert job_run(job_id=job.pk) == RunOutcome.BUSY
        assert jobs_lost(stale=timezone.now() + MINUTE) == []
    assert jobs_lost(stale=timezone.now() - MINUTE) == [job.pk]


def test_a_waiting_job_whose_message_was_lost_is_found(ada: User) -> None:
    now = timezone.now()
    queued = job_create(owner=ada, kind="shout", options={"word": "hey"})
    lost = job_create(owner=ada, kind="shout", options={"word": "hey"})
    Job.objects.update(queued_at=now)
    Job.objects.filter(pk=lost.pk).update(queued_at=now - 2 * MINUTE)
    assert jobs_lost(stale=now - MINUTE) == [lost.pk]
    assert jobs_lost(stale=now + MINUTE) == [queued.pk, lost.pk]
