"""The pages of the studio and of one job, and what a job's owner does with it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from albums.exceptions import ImageRefused, JobRefused
from albums.http.current_user import current_user
from albums.http.decorators import action_view, page_view
from albums.http.htmx import HtmxRequest
from albums.http.job_files import job_file_response
from albums.http.job_texts import job_problem_text, job_texts
from albums.http.media import A_YEAR
from albums.http.redirects import redirect_back
from albums.http.toasts import toast
from albums.job_tasks import enqueue_job
from albums.models import Job, JobFile
from albums.querysets import JobQuerySet
from albums.services.jobs.jobs import job_cancel, job_delete, job_keep, job_retry, job_stop
from albums.services.jobs.thumbnails import job_picture, job_thumbnail
from albums.views.studio.context import job_context
from albums.views.studio.tools import studio_tools

MOST_LISTED = 50


@page_view
def studio(request: HttpRequest) -> HttpResponse:
    """List the tools and the account's last jobs."""
    user = current_user(request)
    jobs = _jobs(request).defer("inputs", "options", "result")[:MOST_LISTED]
    context = {"tools": studio_tools(user), "jobs": [_row(job) for job in jobs]}
    return render(request, "studio/studio.html", context)


@page_view
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one job with its progress or result."""
    return render(request, "studio/job.html", job_context(request, _job(request, pk)))


@page_view
def fragment(request: HtmxRequest, pk: int) -> HttpResponse:
    """Return the changing part of a job's page, which asks again while the job is unfinished."""
    found = _job(request, pk)
    if not request.htmx:
        return redirect("albums:job", pk)
    return render(request, "studio/_job.html", job_context(request, found))


@page_view
def file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Send a file of a job. It is never shown as a page of this site."""
    found = get_object_or_404(JobFile, job=_job(request, pk), name=name)
    return job_file_response(request, found)


@login_required
@require_safe
def thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a small picture of a job's result; the address changes with its content (?v=)."""
    picture = job_picture(_job(request, pk))
    if picture is None:
        raise Http404
    try:
        content = job_thumbnail(picture)
    except (ImageRefused, FileNotFoundError) as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/jpeg")
    patch_cache_control(response, private=True, max_age=A_YEAR, immutable=True)
    return response


@action_view
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a job."""
    found = _job(request, pk)
    try:
        job_cancel(job=found)
    except JobRefused as refusal:
        toast(request, job_problem_text(refusal))
    return redirect_back(request, otherwise=reverse("albums:job", args=[pk]))


@action_view
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End a running job with the result that it has."""
    found = _job(request, pk)
    try:
        job_stop(job=found)
    except JobRefused as refusal:
        toast(request, job_problem_text(refusal))
    return redirect_back(request, otherwise=reverse("albums:job", args=[pk]))


@action_view
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Run a failed or cancelled job again."""
    found = _job(request, pk)
    try:
        job_retry(job=found)
    except JobRefused as refusal:
        toast(request, job_problem_text(refusal))
    else:
        enqueue_job(found.pk)
    return redirect_back(request, otherwise=reverse("albums:job", args=[pk]))


@action_view
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a job with its result, or let it expire. POST: keep=1 or 0."""
    job_keep(job=_job(request, pk), keep=request.POST.get("keep") == "1")
    return redirect_back(request, otherwise=reverse("albums:job", args=[pk]))


@action_view
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a job with its files."""
    job_delete(job=_job(request, pk))
    toast(request, _("Deleted."))
    return redirect("albums:studio")


def _jobs(request: HttpRequest) -> JobQuerySet:
    return Job.objects.visible_to(current_user(request)).prefetch_related("files")


def _job(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(_jobs(request), pk=pk)


def _row(job: Job) -> dict[str, Any]:
    return {"job": job, "texts": job_texts(job), "picture": job_picture(job)}
