"""Progress of an account's jobs, for the strip on every page."""

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from albums.models import Job
from albums.services.core.progress import Stage


def jobs_stage(owner_id: int) -> Stage | None:
    """Return the stage of the jobs since the oldest unfinished one; None without an unfinished job."""
    jobs = Job.objects.filter(owner_id=owner_id)
    oldest = jobs.unfinished().aggregate(oldest=Min("pk"))["oldest"]
    if oldest is None:
        return None
    counts = jobs.filter(pk__gte=oldest).aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state__in=(Job.State.DONE, Job.State.CANCELLED))),
        failed=Count("pk", filter=Q(state=Job.State.FAILED)),
    )
    return Stage(name="studio", label=_("Studio"), **counts)


def jobs_unfinished(owner_id: int) -> bool:
    """Return True while a job waits or runs."""
    return Job.objects.filter(owner_id=owner_id).unfinished().exists()
