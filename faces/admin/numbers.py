"""The faces app's numbers on the administration's overview, jobs and accounts."""

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from albums.admin.accounts import AccountCount
from albums.admin.dashboard import Card
from albums.admin.jobs import Job, JobSection, waiting_job
from albums.models import Image
from faces.admin.scans import scans_again
from faces.error_messages import failure_message
from faces.models import ClusterQuality, Face, FaceScan, Person, StagedScan
from faces.tasks import STALE_AFTER, enqueue_scans


def face_numbers() -> list[Card]:
    """Faces, people, and scans that wait or failed."""
    faces = Face.objects.present().aggregate(
        all=Count("pk"), waiting=Count("pk", filter=Q(person__isnull=True))
    )
    people = Person.objects.aggregate(all=Count("pk"), named=Count("pk", filter=~Q(name="")))
    scans = FaceScan.objects.filter(state__in=[FaceScan.State.PENDING, FaceScan.State.FAILED]).aggregate(
        waiting=Count("pk", filter=Q(state=FaceScan.State.PENDING)),
        failed=Count("pk", filter=Q(state=FaceScan.State.FAILED)),
    )
    suspected = ClusterQuality.objects.filter(excess__gt=0).count()
    listed = reverse("admin:faces_facescan_changelist")
    return [
        Card(
            "Faces",
            f"{faces['all']:,}",
            detail=f"{faces['waiting']:,} unassigned",
            link=reverse("admin:faces_face_changelist"),
        ),
        Card(
            "People",
            f"{people['all']:,}",
            detail=f"{people['named']:,} named",
            link=reverse("admin:faces_person_changelist"),
        ),
        Card(
            "Suspected groups",
            f"{suspected:,}",
            detail="possibly two people",
            link=f"{reverse('admin:faces_clusterquality_changelist')}?quality=suspected",
        ),
        Card("Waiting to be scanned", f"{scans['waiting']:,}", detail="photos", link=reverse("admin:jobs")),
        Card(
            "Failed scans",
            f"{scans['failed']:,}",
            detail="can be tried again",
            link=f"{listed}?state__exact=failed",
            worry=scans["failed"] > 0,
        ),
    ]


def _waiting() -> "tuple[QuerySet[FaceScan], QuerySet[Image]]":
    """Return the scans that wait, and the photos without a scan."""
    pending = FaceScan.objects.pending().filter(image__binned_at=None).order_by()
    unscanned = Image.objects.ready().filter(face_scan__isnull=True, binned_at=None).order_by()
    return pending, unscanned.exclude(owner__face_recognition__enabled=False)


def _stuck() -> set[int]:
    """Return the ids of photos that have waited for long."""
    stale = timezone.now() - STALE_AFTER
    pending, unscanned = _waiting()
    return {
        *pending.filter(queued_at__lt=stale).values_list("image_id", flat=True),
        *unscanned.filter(added_at__lt=stale).values_list("pk", flat=True),
    }


def _under_way() -> list[Job]:
    pending, unscanned = _waiting()
    stale = timezone.now() - STALE_AFTER
    scans = pending.aggregate(
        count=Count("pk"), stuck=Count("pk", filter=Q(queued_at__lt=stale)), since=Min("queued_at")
    )
    for name, count in unscanned.aggregate(
        count=Count("pk"), stuck=Count("pk", filter=Q(added_at__lt=stale))
    ).items():
        scans[name] += count
    under_way = [waiting_job("Photos waiting to be scanned", "scans", **scans)]
    staged = StagedScan.objects.order_by().values("detector", "embedder", "image__owner__username")
    for one in staged.annotate(
        done=Count("pk", filter=Q(state=FaceScan.State.DONE)), all=Count("pk")
    ).order_by("image__owner__username", "detector", "embedder"):
        words = (
            f"Reindex of {one['image__owner__username']} with {one['detector']} and {one['embedder']}: "
            f"{one['done']:,} of {one['all']:,} photos done"
        )
        under_way.append(Job(words, one["all"] - one["done"]))
    return under_way


def _failed() -> list[Job]:
    failed = FaceScan.objects.filter(state=FaceScan.State.FAILED, image__binned_at=None).order_by()
    counts = failed.values("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return [
        Job(
            failure_message(one["reason"], otherwise=one["reason"]),
            one["count"],
            again=f"scans:{one['reason']}",
        )
        for one in counts
    ]


def _again(key: str) -> int | None:
    kind, _colon, reason = key.partition(":")
    if kind != "scans":
        return None
    if reason == "stuck":
        ids = _stuck()
        enqueue_scans(sorted(ids))
        return len(ids)
    failed = FaceScan.objects.filter(state=FaceScan.State.FAILED, reason=reason).order_by()
    return scans_again(failed.values_list("image__owner_id", "image_id"))


JOBS = JobSection("Faces", _under_way, _failed, _again)
PEOPLE = AccountCount(name="people_number", label="people", rows=Person.objects.all())
