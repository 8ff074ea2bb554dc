"""Jobs of the studio in each state, with a drawn result, for screenshots and for the tests of pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from albums.extensions import Extension, register
from albums.models import Job, JobFile
from albums.services.jobs.context import JobContext, job_file_put
from albums.services.jobs.kinds import JobKind
from albums.views.studio.tools import StudioTool


def _never(_context: JobContext) -> dict[str, object]:
    """Not called: the rows are made without a run."""
    raise NotImplementedError


KIND = JobKind(
    name="drawn",
    label="Watercolour",
    run=_never,
    stages={"painting": "Painting…"},
    tool="drawn",
    stoppable=True,
)
TOOL = StudioTool(
    name="drawn",
    label="Watercolour",
    description="A photo as a painting, with a name that is long enough for two lines on a phone.",
    url_name="albums:studio",
    icon="appearance",
)
EXTENSION = Extension(app="demo", job_kinds=[KIND], studio_tools=[TOOL])


def studio_jobs(owner: User, picture: bytes) -> dict[str, Job]:
    """Create a job of each state; done, saved and running ones have the JPEG `picture`."""
    register(EXTENSION)
    now = timezone.now()
    states: dict[str, dict[str, Any]] = {
        "failed": {"state": Job.State.FAILED, "reason": "job_took_too_long"},
        "cancelled": {"state": Job.State.CANCELLED},
        "saved": {"state": Job.State.DONE, "saved": True},
        "done": {"state": Job.State.DONE},
        "running": {"state": Job.State.RUNNING, "progress": 0.42, "stage": "painting"},
        "waiting": {"state": Job.State.WAITING},
    }
    jobs = {}
    for number, (name, values) in enumerate(states.items()):
        ended = None if name in {"running", "waiting"} else now - timedelta(hours=5 - number)
        job = Job.objects.create(owner=owner, kind=KIND.name, finished_at=ended, started_at=now, **values)
        if name in {"saved", "done", "running"}:
            role = JobFile.Role.PREVIEW if name == "running" else JobFile.Role.RESULT
            job_file_put(job, role, "watercolour.jpg", picture, "image/jpeg").save()
        jobs[name] = job
    return jobs
