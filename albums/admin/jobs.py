"""The work in the background: what waits, what stands still, what failed and why; and another try."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_http_methods
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from albums.admin.base import operator
from albums.admin.images import images_read_again
from albums.admin_site import page, page_response
from albums.error_messages import refusal_message
from albums.extensions import provided
from albums.models import Image, Upload
from albums.tasks import STALE_AFTER, enqueue_reading, enqueue_unpacking
from config.observability.heartbeats import TIMEOUT_SECONDS, heartbeat_ages
from config.observability.queues import lengths, queues_with_work


@dataclass(frozen=True, slots=True)
class Job:
    """A count of tasks. again: the key to retry them with; empty if nothing can be retried.

    stuck: jobs without activity for long.
    """

    words: str
    count: int
    stuck: int = 0
    since: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class JobSection:
    """The jobs of one app. again: retries the jobs with a key, and returns how many; None for another key."""

    title: str
    under_way: Callable[[], list[Job]]
    failed: Callable[[], list[Job]]
    again: Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the broker: tasks that no worker has taken yet, and workers that were heard from.

    needed: some task goes there, so somebody must listen.
    """

    name: str
    length: int
    workers: int
    needed: bool

    @property
    def deaf(self) -> bool:
        """Return True if tasks of the queue would never run."""
        return self.needed and not self.workers


@page("jobs/", name="jobs")
@require_http_methods(["GET", "HEAD", "POST"])
def jobs(request: HttpRequest) -> HttpResponse:
    """Show all jobs. A POST with `again` retries one kind."""
    operator(request)
    sections = [JobSection("Photos", _under_way, _failed, _again), *provided(lambda app: app.job_sections)]
    if request.method == "POST":
        key = request.POST.get("again", "")
        tried = next((count for one in sections if (count := one.again(key)) is not None), None)
        if tried is None:
            raise Http404
        messages.success(request, f"{tried:,} are being retried.")
        return redirect("admin:jobs")
    context = {"parts": sections, "queues": queues()}
    return page_response(admin.site, request, "admin/pages/jobs.html", title="Jobs", **context)


def queues() -> list[Queue] | None:
    """The queues with their lengths and workers; None when the broker or the cache does not answer."""
    try:
        waiting = lengths(settings.QUEUES)
        heard = heartbeat_ages(settings.QUEUES)
    except (OperationalError, RedisError, OSError):
        return None
    needed = queues_with_work()
    return [
        Queue(name, waiting[name], sum(one <= TIMEOUT_SECONDS for one in heard[name]), needed=name in needed)
        for name in settings.QUEUES
    ]


def ago(moment: datetime | None) -> str:
    """Return the time since a moment as text; empty for None."""
    return f"{timesince(moment)} ago" if moment else ""


def waiting_job(words: str, key: str, *, count: int, stuck: int, since: datetime | None) -> Job:
    """Return the job of waiting tasks, of which the stuck ones can be retried."""
    return Job(words, count, stuck, ago(since), again=f"{key}:stuck" if stuck else "")


def _under_way() -> list[Job]:
    stale = timezone.now() - STALE_AFTER
    unread = Image.objects.filter(binned_at=None).unread().order_by()
    stuck = Q(queued_at__lt=stale) | Q(queued_at=None, added_at__lt=stale)
    reading = unread.aggregate(count=Count("pk"), stuck=Count("pk", filter=stuck), since=Min("added_at"))
    zips = Upload.objects.unpacking().order_by()
    unpacking = zips.aggregate(
        count=Count("pk"), stuck=Count("pk", filter=Q(changed_at__lt=stale)), since=Min("created_at")
    )
    coming = Upload.objects.unfinished().order_by().aggregate(count=Count("pk"), since=Min("created_at"))
    return [
        waiting_job("Photos waiting to be processed", "photos", **reading),
        waiting_job("Zips being unpacked", "zips", **unpacking),
        Job("Uploads in progress", coming["count"], since=ago(coming["since"])),
    ]


def _failed() -> list[Job]:
    refused = Image.objects.filter(binned_at=None).refused().exclude(original="").order_by()
    counts = refused.values("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return [
        Job(refusal_message(one["reason"], {}), one["count"], again=f"photos:{one['reason']}")
        for one in counts
    ]


def _again(key: str) -> int | None:
    kind, _colon, reason = key.partition(":")
    stale = timezone.now() - STALE_AFTER
    match kind, reason:
        case "photos", "stuck":
            unread = Image.objects.filter(binned_at=None, added_at__lt=stale).unread()
            ids = list(unread.order_by("pk").values_list("pk", flat=True))
            enqueue_reading(ids)
            return len(ids)
        case "zips", "stuck":
            zips = list(Upload.objects.unpacking().values_list("pk", flat=True))
            for upload_id in zips:
                enqueue_unpacking(upload_id)
            return len(zips)
        case "photos", _:
            refused = Image.objects.refused().filter(reason=reason).order_by()
            return images_read_again(refused.values_list("owner_id", "pk"))
        case _:
            return None
