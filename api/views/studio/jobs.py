"""The studio's jobs: their progress and results, and what their owner does with them."""

from http import HTTPStatus

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from albums.http.job_files import job_file_response
from albums.job_tasks import enqueue_job
from albums.models import Job, JobFile
from albums.ordering import BY_ID_DESCENDING
from albums.pagination import Page
from albums.querysets import JobQuerySet
from albums.services.jobs.jobs import job_cancel, job_delete, job_keep, job_retry, job_stop
from api.negotiation import ANY_FILE
from api.schema import Operation
from api.serializers.studio.jobs import JobIn, JobOut, JobsIn
from api.views.base import ApiView


class JobView(ApiView):
    """Base of the views of jobs."""

    tag = "studio"

    def jobs(self) -> JobQuerySet:
        """Return the account's jobs with their files."""
        return Job.objects.visible_to(self.user).prefetch_related("files")

    def job(self, pk: int) -> Job:
        """Return a job of the account. Raises Http404."""
        return get_object_or_404(self.jobs(), pk=pk)


class Jobs(JobView):
    """List the jobs of the studio."""

    @Operation("studio_jobs_list", response=JobOut, many=True, parameters=[JobsIn])
    def get(self) -> Page:
        """List the account's jobs in the studio, the newest first.

        The tools of the studio create them, each with an operation of its own.
        """
        return self.page(self.jobs().filter(**self.validated_query(JobsIn)), BY_ID_DESCENDING)


class JobDetail(JobView):
    """Retrieve, keep or delete a job of the studio."""

    @Operation("studio_job_get", response=JobOut)
    def get(self, pk: int) -> Job:
        """Retrieve a job of the studio.

        Repeat it while `state` is `waiting` or `running`, about once a second. Then `files` lists what the
        job made.
        """
        return self.job(pk)

    @Operation("studio_job_change", request=JobIn, response=JobOut, request_example={"saved": True})
    def patch(self, pk: int) -> Job:
        """Keep a job with its results, or let it expire.

        Jobs that are not saved are deleted a day after their end.
        """
        job = self.job(pk)
        job_keep(job=job, keep=self.validated_body(JobIn)["saved"])
        return job

    @Operation("studio_job_delete")
    def delete(self, pk: int) -> None:
        """Delete a job with its files. A running job is cancelled."""
        job_delete(job=self.job(pk))


class JobCancel(JobView):
    """Cancel a job of the studio."""

    @Operation(
        "studio_job_cancel", response=JobOut, example={"state": "cancelled", "files": [], "result": {}}
    )
    def post(self, pk: int) -> Job:
        """Cancel a job that waits or runs. For one that has ended, the error is `job_ended` (409)."""
        job = self.job(pk)
        job_cancel(job=job)
        return self.job(pk)


class JobStop(JobView):
    """Let a running job of the studio end early."""

    @Operation(
        "studio_job_stop",
        response=JobOut,
        status=HTTPStatus.ACCEPTED,
        example={"kind": "gatys", "state": "running"},
    )
    def post(self, pk: int) -> Job:
        """Let a running job end early with the result that it has.

        Not all kinds can: for others, and for jobs that do not run, the error is `job_ended` (409).
        """
        job_stop(job=self.job(pk))
        return self.job(pk)


class JobRetry(JobView):
    """Run a job of the studio again."""

    @Operation(
        "studio_job_retry",
        response=JobOut,
        status=HTTPStatus.ACCEPTED,
        example={"state": "waiting", "progress": 0.0, "files": [], "result": {}, "expires_at": None},
    )
    def post(self, pk: int) -> Job:
        """Run a failed or cancelled job again. For others, the error is `job_not_ended` (409)."""
        job = self.job(pk)
        job_retry(job=job)
        enqueue_job(job.pk)
        return self.job(pk)


class JobFileDetail(JobView):
    """Download a file of a job of the studio."""

    @Operation("studio_job_file", media=ANY_FILE)
    def get(self, pk: int, name: str) -> HttpResponseBase:
        """Download a file of a job: a result, a preview or an uploaded file.

        Parts of it can be requested with `Range`.
        """
        return job_file_response(self.django_request, get_object_or_404(JobFile, job=self.job(pk), name=name))
