"""Start jobs from forms: what the pages of all tools do alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from albums.exceptions import JobProblem, Refused
from albums.http.current_user import current_user
from albums.http.job_texts import job_problem_text
from albums.job_tasks import enqueue_job
from albums.services.jobs.jobs import JobUpload, job_create

AnyForm = TypeVar("AnyForm", bound=Form)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """The arguments of a job that a valid form asks for; the owner is the account of the request."""

    kind: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, JobUpload] = field(default_factory=dict)


def job_start(request: HttpRequest, new: NewJob) -> HttpResponseRedirect:
    """Create and enqueue a job, and redirect to its page. Raises JobRefused or JobFailed."""
    job = job_create(
        owner=current_user(request), kind=new.kind, inputs=new.inputs, options=new.options, files=new.files
    )
    enqueue_job(job.pk)
    return redirect("albums:job", job.pk)


def job_form_page(
    request: HttpRequest,
    form: AnyForm,
    *,
    template: str,
    new_job: Callable[[AnyForm], NewJob],
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show a tool's form; by POST, start the job that a valid form asks for.

    form: bound when the request is a POST. new_job: returns the job of a valid form; an ImageRefused or
    JobFailed that it raises is shown in the form, as is a job that cannot start.
    """
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            kind = ""
            try:
                new = new_job(form)
                kind = new.kind
                return job_start(request, new)
            except (JobProblem, Refused) as problem:
                form.add_error(None, job_problem_text(problem, kind=kind))
                status = 409
    return render(request, template, {**(context or {}), "form": form}, status=status)
