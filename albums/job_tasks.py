"""Tasks of the queue "effects", which run jobs, and the periodic ones that look after them."""

import logging
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from albums.models import Job
from albums.services.jobs.jobs import jobs_expire
from albums.services.jobs.running import PASSING_ERRORS, RunOutcome, job_run, jobs_lost
from albums.services.jobs.slots import job_next, job_slot
from albums.tasks import ChunkTask
from config.resuming import work_resumes
from config.sending import send

logger = logging.getLogger(__name__)

# Seconds. Both are below the broker's visibility timeout: a longer job would be delivered twice.
SOFT_LIMIT = 900
HARD_LIMIT = 960
# A waiting job that was queued so long ago is queued again: the broker may have lost it.
STALE_AFTER = timedelta(minutes=10)
# Between attempts at a job that is not free, or met a temporary error.
BUSY_SECONDS = 2
MOST_RETRIES = 60


def enqueue_job(job_id: int) -> None:
    """Enqueue a job on commit. If the broker is unavailable, logs a warning; `resume_jobs` retries."""
    transaction.on_commit(lambda: _send_job(job_id), robust=True)


def _send_job(job_id: int) -> None:
    waiting = Job.objects.unfinished().filter(pk=job_id)
    waiting.update(queued_at=timezone.now())
    if not send(run_job, job_id):
        waiting.update(queued_at=None)


@shared_task(
    base=ChunkTask,
    bind=True,
    acks_late=True,
    soft_time_limit=SOFT_LIMIT,
    time_limit=HARD_LIMIT,
    max_retries=MOST_RETRIES,
)
def run_job(self: "Task[Any, Any]", job_id: int) -> None:
    """Run a job to its end, unless all slots are taken: then whoever frees one enqueues the next job."""
    with job_slot() as free:
        if not free:
            return
        try:
            outcome = job_run(job_id=job_id, too_long=SoftTimeLimitExceeded)
        except PASSING_ERRORS as error:
            logger.warning("Job %s waits: %s", job_id, error)
            raise self.retry(exc=error, countdown=BUSY_SECONDS) from error
    if outcome == RunOutcome.BUSY:
        # A cancelled run that still works holds its job, which may have been retried since.
        if Job.objects.filter(pk=job_id, state=Job.State.WAITING).exists():
            raise self.retry(countdown=BUSY_SECONDS)
        return
    next_id = job_next()
    if next_id is not None:
        enqueue_job(next_id)


@shared_task(acks_late=True)
def resume_jobs(*, everything: bool = False) -> int:
    """Enqueue jobs again whose message or process was lost, or with `everything` all waiting ones too."""
    now = timezone.now()
    lost = jobs_lost(stale=now if everything else now - STALE_AFTER)
    for job_id in lost:
        enqueue_job(job_id)
    return len(lost)


@shared_task(acks_late=True)
def expire_jobs() -> int:
    """Delete the jobs whose results were not saved in time."""
    expired = jobs_expire()
    if expired:
        logger.info("Expired jobs: %s", expired)
    return expired


@receiver(work_resumes, dispatch_uid="albums.resume_jobs")
def resume_work(**_kwargs: Any) -> None:
    """Resume at once what an earlier worker left behind, or what was requested without the broker."""
    send(resume_jobs, everything=True)
