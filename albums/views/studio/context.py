"""The context of the template that shows a job, in its own page and in others."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from albums.http.current_user import current_user
from albums.http.job_texts import job_texts
from albums.models import Job
from albums.services.jobs.jobs import job_expiry
from albums.services.jobs.kinds import job_kinds
from albums.views.studio.tools import studio_tools


def job_context(request: HttpRequest, job: Job) -> dict[str, Any]:
    """Return the context of studio/_job.html and of the templates of results."""
    user = current_user(request)
    kind = job_kinds().get(job.kind)
    tools = {tool.name: tool for tool in studio_tools(user)}
    htmx = getattr(request, "htmx", None)
    page = reverse("albums:job", args=[job.pk])
    return {
        "request": request,
        "user": user,
        "job": job,
        "kind": kind,
        "tool": tools.get(kind.tool) if kind else None,
        "texts": job_texts(job),
        "result": job.result,
        "files": job.results(),
        "previews": job.previews(),
        "uploads": job.uploads(),
        "expires_at": job_expiry(job),
        # The page around the fragment, to which its buttons return.
        "next": (htmx.current_url_abs_path if htmx else request.get_full_path()) or page,
    }
