"""Create, cancel, retry, keep and delete jobs, within the limits of their owner."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from albums.exceptions import JobCode, JobRefused
from albums.locks import AdvisoryLock
from albums.models import Job, JobFile
from albums.services.core.limits import studio_limits
from albums.services.jobs.context import job_file_put
from albums.services.jobs.kinds import JobKind, job_kind

MOST_UNFINISHED = 20
"""Unfinished jobs of all kinds that an account may have."""

LIFETIME = timedelta(days=1)
"""The time after its end in which a job that is not saved can be looked at."""


@dataclass(frozen=True, slots=True)
class JobUpload:
    """An uploaded file for a job. content_type: as found in its content, not as the sender says."""

    content: bytes
    content_type: str = "application/octet-stream"


def job_create(
    *,
    owner: User,
    kind: str,
    inputs: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    files: Mapping[str, JobUpload] | None = None,
) -> Job:
    """Create a job, which waits until somebody enqueues it.

    inputs, options: JSON values by name. files: by the name under which `JobContext.input` finds them.
    Raises JobRefused when the owner has too many jobs, and JobFailed when the kind's check refuses.
    """
    found = job_kind(kind)
    job = Job(owner=owner, kind=kind, inputs=dict(inputs or {}), options=dict(options or {}))
    if found.check is not None:
        found.check(owner, job.inputs, job.options)
    with _files_of_failure() as stored, transaction.atomic():
        _limits_check(owner, found, size=sum(len(file.content) for file in (files or {}).values()))
        job.save()
        for name, file in (files or {}).items():
            stored.append(_file_store(job, name, file))
    return job


@transaction.atomic
def job_cancel(*, job: Job) -> None:
    """End a job without a result; its run notices at its next progress. Raises JobRefused if it has ended."""
    job.refresh_from_db(from_queryset=Job.objects.select_for_update())
    if not job.unfinished:
        raise JobRefused(JobCode.ENDED)
    job.files.filter(role=JobFile.Role.PREVIEW).delete()
    job.state, job.finished_at, job.result = Job.State.CANCELLED, timezone.now(), {}
    job.save(update_fields=["state", "finished_at", "result"])


def job_stop(*, job: Job) -> None:
    """Let a running job end early with the result that it has. Raises JobRefused if this is not possible."""
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
    if not (running.exists() and job_kind(job.kind).stoppable and running.update(stopping=True)):
        raise JobRefused(JobCode.ENDED)


@transaction.atomic
def job_retry(*, job: Job) -> None:
    """Let a failed or cancelled job wait again. Raises JobRefused if it is neither, or there are too many."""
    job.refresh_from_db(from_queryset=Job.objects.select_for_update())
    if job.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        raise JobRefused(JobCode.NOT_ENDED)
    _limits_check(job.owner, job_kind(job.kind), size=0)
    job.state, job.attempts, job.progress, job.stage = Job.State.WAITING, 0, 0.0, ""
    job.reason, job.reason_values, job.detail = "", {}, ""
    job.stopping, job.queued_at, job.started_at, job.finished_at = False, None, None, None
    job.save()


def job_keep(*, job: Job, keep: bool) -> None:
    """Keep a job until its owner deletes it, or let it expire."""
    job.saved = keep
    job.save(update_fields=["saved"])


@transaction.atomic
def job_delete(*, job: Job) -> None:
    """Delete a job with its files, on commit; its run notices at its next progress."""
    Job.objects.filter(pk=job.pk).delete()


def job_expiry(job: Job) -> datetime | None:
    """Return when a job is deleted; None while it is unfinished, and for a saved one."""
    return None if job.saved or job.finished_at is None else job.finished_at + LIFETIME


def jobs_expire() -> int:
    """Delete the jobs that are not saved and ended more than a day ago; return how many."""
    expired = Job.objects.finished().filter(saved=False, finished_at__lt=timezone.now() - LIFETIME)
    jobs = list(expired)
    for job in jobs:
        job_delete(job=job)
    return len(jobs)


def _limits_check(owner: User, kind: JobKind, *, size: int) -> None:
    """Raise JobRefused if the owner may not have another job now; the lock is held until the commit."""
    AdvisoryLock.JOB_LIMITS.acquire(owner.pk)
    unfinished = Job.objects.filter(owner=owner).unfinished()
    for jobs, most in ((unfinished, MOST_UNFINISHED), (unfinished.filter(kind=kind.name), kind.most_waiting)):
        if jobs.count() >= most:
            raise JobRefused(JobCode.TOO_MANY, {"most": most})
    most_bytes = settings.STUDIO_MOST_MB * 2**20
    files = JobFile.objects.filter(job__owner=owner).order_by()
    used = int(files.aggregate(size=Sum("size_bytes"))["size"] or 0)
    if used + size > most_bytes:
        raise JobRefused(JobCode.FULL, {"used_bytes": used, "most_bytes": most_bytes})


def _file_store(job: Job, name: str, upload: JobUpload) -> JobFile:
    size, most = len(upload.content), studio_limits().max_bytes
    if size > most:
        raise JobRefused(JobCode.FILE_TOO_LARGE, {"size_bytes": size, "most_bytes": most})
    file = job_file_put(job, JobFile.Role.INPUT, name, upload.content, upload.content_type)
    file.save()
    return file


@contextlib.contextmanager
def _files_of_failure() -> Iterator[list[JobFile]]:
    """Delete the stored files when the block raises."""
    stored: list[JobFile] = []
    try:
        yield stored
    except BaseException:
        for file in stored:
            file.file.storage.delete(str(file.file.name))
        raise
