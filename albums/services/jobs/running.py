"""Run jobs: one run at a time, whose result becomes visible in one transaction.

A session lock holds the job while it runs and ends with the process, so a killed run is recognised at once. A
run also writes only while the row has its own start time: a run that lost its lock cannot write a second
result.
"""

import enum
import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from albums.exceptions import JobCancelled, JobCode, JobFailed, JobPaused, JobProblem, Refused
from albums.leases import Lease
from albums.locks import AdvisoryLock
from albums.models import Job, JobFile
from albums.services.jobs.context import JobContext
from albums.services.jobs.kinds import job_kind
from albums.storage import job_folder, stored_below

logger = logging.getLogger(__name__)

# The lock's keys have 32 bits.
LOCK_KEYS = 2**31
# Temporary errors of the database and the storage.
PASSING_ERRORS = (OperationalError, InterfaceError, OSError)


class RunOutcome(enum.StrEnum):
    """The outcome of a run. BUSY: another process has the job. PAUSED: it waits for its next run."""

    ENDED = "ended"
    PAUSED = "paused"
    BUSY = "busy"


def job_fail(*, job: Job, problem: JobProblem | Refused) -> None:
    """Record why a job has no result; the rows of its previews are deleted."""
    with transaction.atomic():
        job.files.filter(role=JobFile.Role.PREVIEW).delete()
        job.state, job.finished_at, job.result = Job.State.FAILED, timezone.now(), {}
        job.reason, job.reason_values, job.detail = str(problem.code), problem.values, problem.detail
        job.save(
            update_fields=["state", "finished_at", "result", "reason", "reason_values", "detail"],
        )
    logger.warning("Job %s (%s) failed: %s", job.pk, job.kind, problem.code)


RUNNING = Lease(
    work="Running it",
    pending=lambda ids: Job.objects.unfinished().filter(pk__in=ids),
    give_up=lambda job, detail: job_fail(job=job, problem=JobFailed(JobCode.CRASHED, detail=detail)),
)


def job_run(*, job_id: int, too_long: type[Exception] = TimeoutError) -> RunOutcome:
    """Run a job to its end, unless it has ended or another process runs it.

    An expected failure is stored with its reason, and so is `too_long`, which a time limit raises. A
    temporary error of the database or the storage is raised, and the job waits again. Any other is stored
    and raised.
    """
    with AdvisoryLock.JOB.held(job_id % LOCK_KEYS) as acquired:
        job = _start(job_id) if acquired else None
        if job is None:
            return (
                RunOutcome.BUSY if Job.objects.unfinished().filter(pk=job_id).exists() else RunOutcome.ENDED
            )
        context = JobContext(job)
        try:
            _work(context)
        except JobCancelled:
            logger.info("Job %s (%s) ended early", job.pk, job.kind)
        except JobPaused as pause:
            inputs = {**job.inputs, **pause.inputs}
            waiting = {"state": Job.State.WAITING, "queued_at": None, "attempts": 0, "inputs": inputs}
            if context.current().update(**waiting):
                return RunOutcome.PAUSED
        except (JobProblem, Refused) as problem:
            _fail(context, problem)
        except too_long:
            _connection_close()
            _fail(context, JobFailed(JobCode.TOOK_TOO_LONG))
        except PASSING_ERRORS:
            _connection_close()
            context.current().update(state=Job.State.WAITING, queued_at=None)
            raise
        except Exception as error:
            _connection_close()
            _fail(context, JobFailed(JobCode.BROKEN, detail=type(error).__name__))
            raise
        finally:
            context.discard()
        return RunOutcome.ENDED


def _connection_close() -> None:
    """Close a connection that an error may have left in the middle of a query; the lock ends with it."""
    if not connection.in_atomic_block:
        connection.close()


@transaction.atomic
def _fail(context: JobContext, problem: JobProblem | Refused) -> None:
    for job in context.current().select_for_update():
        job_fail(job=job, problem=problem)


@transaction.atomic
def _start(job_id: int) -> Job | None:
    """Count an attempt and begin a run; the files of a killed run are deleted."""
    for job in RUNNING.claim([job_id]):
        job.state, job.started_at = Job.State.RUNNING, timezone.now()
        job.progress, job.stage, job.result, job.stopping = 0.0, "", {}, False
        job.save(update_fields=["state", "started_at", "progress", "stage", "result", "stopping"])
        job.files.filter(role=JobFile.Role.PREVIEW).delete()
        _leftovers_delete(job)
        return job
    return None


def _work(context: JobContext) -> None:
    kind = job_kind(context.job.kind)
    if kind.check is not None:
        kind.check(context.owner, context.inputs, context.options)
    result = kind.run(context)
    with transaction.atomic():
        job = context.current().select_for_update().first()
        if job is None:
            raise JobCancelled
        job.files.exclude(role=JobFile.Role.INPUT).delete()
        JobFile.objects.bulk_create(context.made.values())
        job.state, job.progress, job.stage, job.attempts = Job.State.DONE, 1.0, "", 0
        job.result, job.finished_at = result, timezone.now()
        job.save(update_fields=["state", "progress", "stage", "attempts", "result", "finished_at"])
        # They have rows now. Should the commit fail, the next run deletes them.
        context.made.clear()


def _leftovers_delete(job: Job) -> None:
    storage = JobFile.file.field.storage
    known = set(job.files.values_list("file", flat=True))
    for name in stored_below(storage, job_folder(job)):
        if name not in known:
            storage.delete(name)


def jobs_lost(*, stale: datetime) -> list[int]:
    """Return the ids of jobs without a process: queued before `stale`, or begun by one that died."""
    queued = Q(queued_at=None, created_at__lt=stale) | Q(queued_at__lt=stale)
    found = Job.objects.filter((Q(state=Job.State.WAITING) & queued) | Q(state=Job.State.RUNNING)).order_by(
        "pk"
    )
    states: dict[int, str] = dict(found.values_list("pk", "state"))
    running = [pk % LOCK_KEYS for pk, state in states.items() if state == Job.State.RUNNING]
    held = AdvisoryLock.JOB.taken(running) if running else set()
    return [pk for pk, state in states.items() if state == Job.State.WAITING or pk % LOCK_KEYS not in held]
