"""Texts about jobs, for pages and the API, in the language of the request."""

from dataclasses import dataclass

from albums.error_messages import job_message
from albums.exceptions import JobProblem, Refused
from albums.models import Job
from albums.services.jobs.kinds import job_kinds


@dataclass(frozen=True, slots=True)
class JobTexts:
    """The name of a job's kind, its current step, and why it failed; the last two may be empty."""

    label: str
    stage: str
    error: str


def job_texts(job: Job) -> JobTexts:
    """Return the texts about a job. A kind that is not registered any more is named by its code."""
    kind = job_kinds().get(job.kind)
    error = job_message(job.reason, job.reason_values, of_kind=kind.errors if kind else None)
    return JobTexts(
        label=str(kind.label) if kind else job.kind,
        stage=str(kind.stages.get(job.stage, "")) if kind and job.unfinished else "",
        error=error if job.reason else "",
    )


def job_problem_text(problem: JobProblem | Refused, *, kind: str = "") -> str:
    """Return why a job does not start, or cannot be changed."""
    kinds = job_kinds()
    # Without its kind, by the code alone: kinds do not share codes.
    kinds = {kind: kinds[kind]} if kind in kinds else kinds
    errors = {code: text for one in kinds.values() for code, text in one.errors.items()}
    return job_message(problem.code, problem.values, of_kind=errors)
