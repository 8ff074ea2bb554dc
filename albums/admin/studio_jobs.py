"""Jobs of the studio in the administration: how far and how large, not what is in them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from albums.admin.actions import Action, ActionRefused, ActionsAdmin
from albums.admin.base import OwnerFilter, column
from albums.admin.jobs import Job as JobLine
from albums.admin.jobs import JobSection, ago
from albums.error_messages import job_message
from albums.exceptions import JobRefused
from albums.job_tasks import STALE_AFTER, enqueue_job
from albums.models import Job
from albums.services.jobs.jobs import job_cancel, job_delete, job_retry
from albums.services.jobs.running import jobs_lost

STATES = {
    "Waiting": "info",
    "Running": "warning",
    "Done": "success",
    "Failed": "danger",
    "Cancelled": "info",
}


def _cancel(_request: HttpRequest, job: Job, _given: Any) -> str:
    try:
        job_cancel(job=job)
    except JobRefused as refusal:
        raise ActionRefused(job_message(refusal.code, refusal.values)) from refusal
    return "Cancelled."


def _retry(_request: HttpRequest, job: Job, _given: Any) -> str:
    try:
        job_retry(job=job)
    except JobRefused as refusal:
        raise ActionRefused(job_message(refusal.code, refusal.values)) from refusal
    enqueue_job(job.pk)
    return "Waiting again."


def _delete(_request: HttpRequest, job: Job, _given: Any) -> str:
    job_delete(job=job)
    return "Deleted."


ACTIONS = (
    Action(
        name="cancel",
        label="Cancel",
        explanation=lambda _request, _job: ["The job ends without a result. Its owner can retry it."],
        perform=_cancel,
        available=lambda _request, job: job.unfinished,
    ),
    Action(
        name="retry",
        label="Try again",
        explanation=lambda _request, _job: ["The job runs once more, within the limits of its owner."],
        perform=_retry,
        available=lambda _request, job: job.state in {Job.State.FAILED, Job.State.CANCELLED},
    ),
    Action(
        name="delete",
        label="Delete",
        explanation=lambda _request, _job: ["The job is deleted with its files, also if it is saved."],
        perform=_delete,
        deletes=True,
        danger=True,
    ),
)


@admin.register(Job)
class StudioJobAdmin(ActionsAdmin[Job]):
    """Jobs of all accounts. Inputs, options, results and files are content, and never shown."""

    row_actions = ACTIONS
    list_display = (
        "id", "account", "kind", "how_far", "percent_done", "reason", "attempts", "size", "saved",
        "created_at", "finished_at",
    )  # fmt: skip
    list_filter = (OwnerFilter, "state", "kind", "saved", "created_at")
    search_fields = ("=id", "=owner__username")
    search_help_text = "ID or account name"
    ordering = ("-pk",)
    show_full_result_count = False
    fields = (
        "account", "kind", "how_far", "percent_done", "stage", "why", "detail", "attempts", "size", "saved",
        "created_at", "queued_at", "started_at", "finished_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Job]":
        """Add the size of the files, and leave out what an operator does not see."""
        rows = super().get_queryset(request).defer("inputs", "options", "result")
        return rows.annotate(file_bytes=Coalesce(Sum("files__size_bytes"), 0))

    @column("state", order="state", colours=STATES)
    def how_far(self, job: Job) -> str:
        """Return the state."""
        return job.get_state_display()

    @column("progress", order="progress")
    def percent_done(self, job: Job) -> str:
        """Return the progress in percent."""
        return f"{job.percent} %"

    @column("files", order="file_bytes")
    def size(self, job: Any) -> str:
        """Return the size of all files."""
        return str(filesizeformat(job.file_bytes))

    @column("message")
    def why(self, job: Job) -> str:
        """Why it failed."""
        return job_message(job.reason, job.reason_values) if job.reason else "-"


def _under_way() -> list[JobLine]:
    counts = (
        Job.objects.unfinished()
        .order_by()
        .aggregate(
            waiting=Count("pk", filter=Q(state=Job.State.WAITING)),
            waits_since=Min("created_at", filter=Q(state=Job.State.WAITING)),
            running=Count("pk", filter=Q(state=Job.State.RUNNING)),
            runs_since=Min("started_at", filter=Q(state=Job.State.RUNNING)),
        )
    )
    stuck = len(_stuck())
    return [
        JobLine(
            "Jobs waiting or lost",
            counts["waiting"],
            stuck,
            ago(counts["waits_since"]),
            again="studio:stuck" if stuck else "",
        ),
        JobLine("Jobs running", counts["running"], since=ago(counts["runs_since"])),
    ]


def _failed() -> list[JobLine]:
    failed = Job.objects.filter(state=Job.State.FAILED).order_by().values("reason")
    counts = failed.annotate(count=Count("pk")).order_by("-count", "reason")
    return [JobLine(job_message(one["reason"], {}), one["count"]) for one in counts]


def _again(key: str) -> int | None:
    if key != "studio:stuck":
        return None
    lost = _stuck()
    for job_id in lost:
        enqueue_job(job_id)
    return len(lost)


def _stuck() -> list[int]:
    return jobs_lost(stale=timezone.now() - STALE_AFTER)


STUDIO = JobSection("Studio", _under_way, _failed, _again)
