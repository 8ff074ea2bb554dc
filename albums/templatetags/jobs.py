"""Jobs in pages: their progress and result, wherever a page includes them."""

from typing import Any

from django import template

from albums.models import Job
from albums.views.studio.context import job_context

register = template.Library()


@register.inclusion_tag("studio/_job.html", takes_context=True)
def job_progress(context: dict[str, Any], job: Job) -> dict[str, Any]:
    """Show a job: its progress, which updates itself, then its result with what one can do with it."""
    return job_context(context["request"], job)
