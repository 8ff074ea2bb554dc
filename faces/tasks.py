"""Tasks of the queues "faces" and "cluster": they take ids, call one service, and decide about retries."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection, transaction
from django.dispatch import receiver
from django.utils import timezone

from albums.imaging.memory import release_memory
from albums.models import Image
from albums.tasks import ChunkTask
from config.resuming import work_resumes
from config.sending import send, send_later
from faces.attribute_tasks import enqueue_unfinished_attributes, forget_queued_attributes
from faces.error_messages import TOOK_TOO_LONG
from faces.models import ClusteringRun, Face, FaceScan, Person
from faces.services.core.consent import recognition_enabled
from faces.services.core.owner_pipeline import owner_models
from faces.services.detecting.embeddings import embeddings_fill
from faces.services.detecting.scans import (
    SCANNING,
    WORK,
    scans_claim,
    scans_fail,
    scans_open,
    scans_reopen,
    scans_run,
)
from faces.services.detecting.stored_embeddings import faces_lacking
from faces.services.erasing.erasure import leftovers_erase
from faces.services.grouping.cached_plan import plan_cache
from faces.services.grouping.run import last_run, owner_is_stale, owner_recluster
from faces.services.people.exemplars import exemplars_missing, exemplars_renew
from faces.services.reviewing.cluster_quality import cluster_quality_refresh
from faces.signals import images_scanned
from faces.vision.errors import ModelDamaged, ModelFailed, ModelMissing, VisionError

logger = logging.getLogger(__name__)

CHUNK = 8
"""Photos per task: enough to fill the embedder's batches, few enough to redeliver soon."""

SOFT_LIMIT = 240
HARD_LIMIT = 300
STALE_AFTER = timedelta(minutes=10)
"""Age at which a queued scan is queued again: the broker may have lost it."""

MOST_RETRIES = 5
RETRY_SECONDS = 2
REST_SECONDS = 3600
"""Pause before unreadable photos are embedded again."""

REGROUPING_WAIT = 2
"""Seconds from an answer to its grouping, so that several answers in a row are one grouping."""

REGROUPING_SECONDS = 60
"""Time after which a queued grouping counts as lost."""

INTERIM_SECONDS = 60
"""Interval of groupings during a long import, so that people appear while photos keep coming."""


def enqueue_scans(image_ids: Iterable[int]) -> None:
    """Queue the scans of these images."""
    pending = scans_open(image_ids)
    # Before a worker receives them: it skips a row that is being written, for good.
    scans = FaceScan.objects.filter(image__in=pending)
    scans.update(queued_at=timezone.now())
    for chunk in SCANNING.chunks(pending, size=CHUNK):
        if not send(scan_images, chunk):
            scans.update(queued_at=timezone.now() - STALE_AFTER)  # for `resume_scanning`
            break


@shared_task(
    base=ChunkTask,
    bind=True,
    acks_late=True,
    soft_time_limit=SOFT_LIMIT,
    time_limit=HARD_LIMIT,
    max_retries=MOST_RETRIES,
)
def scan_images(self: ChunkTask, image_ids: list[int]) -> None:
    """Detect the faces of these images in one batch, then queue the grouping of people."""
    if len(image_ids) > 1:
        # A task that took its worker down comes back as it was, and one of its photos may do so again.
        image_ids, begun = SCANNING.apart(image_ids)
        _each_alone(begun)
    claimed = scans_claim(image_ids)
    try:
        owners = scans_run(claimed)
    except SoftTimeLimitExceeded:
        connection.close()  # the limit may have interrupted a query
        _took_too_long(claimed)
        return
    except VisionError as error:
        if isinstance(error, ModelFailed) and len(claimed) > 1:
            _each_alone(claimed)
            return
        # No retry: a model is missing or damaged until it is installed.
        scans_fail(claimed, reason=error.code, detail=str(error))
        raise
    except (OperationalError, InterfaceError, OSError) as error:
        connection.close_if_unusable_or_obsolete()
        SCANNING.release(claimed)
        raise self.retry(exc=error, countdown=RETRY_SECONDS * 2**self.request.retries) from error
    finally:
        release_memory()
    if claimed:
        images_scanned.send_robust(sender=FaceScan, image_ids=claimed)
    for owner_id in owners or _owners_of(image_ids):
        enqueue_clustering(owner_id)


def _took_too_long(image_ids: list[int]) -> None:
    """Fail a photo that was alone; of several it is unknown which took so long."""
    if len(image_ids) == 1:
        scans_fail(image_ids, reason=TOOK_TOO_LONG, detail=f"{WORK} took more than {SOFT_LIMIT} seconds.")
    else:
        _each_alone(image_ids)


def _each_alone(image_ids: list[int]) -> None:
    """Queue photos one by one, so that the one that fails takes no other with it."""
    for image_id in image_ids:
        send(scan_images, [image_id])


def _owners_of(image_ids: list[int]) -> list[int]:
    return list(Image.objects.filter(pk__in=image_ids).values_list("owner_id", flat=True).distinct())


def enqueue_clustering(owner_id: int, *, delay: float | None = None) -> None:
    """Queue a grouping of the owner's faces unless one is queued."""
    wait = (0.5 if _settled(owner_id) else settings.CLUSTER_DELAY) if delay is None else delay
    first = cache.add(_queued_key(owner_id), 1, timeout=wait + 60)
    if first and not send_later(cluster_owner, owner_id, seconds=wait):
        cache.delete(_queued_key(owner_id))


@shared_task(acks_late=True, soft_time_limit=3000, time_limit=3060)
def cluster_owner(owner_id: int) -> None:
    """Group an owner's faces, unless photos are still coming and they were grouped recently."""
    cache.delete(_queued_key(owner_id))
    owner = User.objects.filter(pk=owner_id).first()
    if owner is None or not owner_is_stale(owner_id):
        return
    if not _settled(owner_id) and _seconds_since_run(owner_id) < INTERIM_SECONDS:
        enqueue_clustering(owner_id)
        return
    if owner_recluster(owner) is None or owner_is_stale(owner_id):
        enqueue_clustering(owner_id, delay=1)
    elif _settled(owner_id):
        send(cluster_weigh, owner_id)


@shared_task(acks_late=True, soft_time_limit=3000, time_limit=3060)
def cluster_weigh(owner_id: int) -> None:
    """Compute the exemplars and the quality of an owner's groups that have changed."""
    if owner := User.objects.filter(pk=owner_id).first():
        exemplars_renew(owner_id=owner_id)
        cluster_quality_refresh(owner=owner)


@shared_task(bind=True, acks_late=True, soft_time_limit=3000, time_limit=3060, max_retries=MOST_RETRIES)
def cluster_anew(self: Task[Any, Any], owner_id: int) -> None:
    """Group an owner's faces even without new photos; waits for another run to finish."""
    cache.delete(_regrouping_key(owner_id))
    owner = User.objects.filter(pk=owner_id).first()
    if owner is None or not recognition_enabled(owner_id):
        return
    if owner_recluster(owner) is None:
        raise self.retry(countdown=RETRY_SECONDS * 2**self.request.retries)
    send(cluster_weigh, owner_id)


def enqueue_regrouping(owner_id: int) -> None:
    """Queue a grouping after an answer that changes it, unless one is queued."""
    first = cache.add(_regrouping_key(owner_id), 1, timeout=REGROUPING_SECONDS)
    if first and not send_later(cluster_anew, owner_id, seconds=REGROUPING_WAIT):
        cache.delete(_regrouping_key(owner_id))


@shared_task(acks_late=True, soft_time_limit=3000, time_limit=3060)
def cluster_plan(owner_id: int) -> None:
    """Compute and cache what a new grouping would do, for operators."""
    if owner := User.objects.filter(pk=owner_id).first():
        plan_cache(owner=owner)


def enqueue_cluster_reviews() -> None:
    """Review the groups of all owners; unchanged groups cost nothing."""
    for owner_id in Person.objects.order_by().values_list("owner_id", flat=True).distinct():
        send(cluster_weigh, owner_id)


@shared_task(acks_late=True, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def resume_embedding(owner_id: int) -> None:
    """Compute the missing vectors of an owner's faces; those of unreadable photos are tried again later."""
    unreadable: set[int] = set()
    faces = Face.objects.filter(image__owner_id=owner_id)
    try:
        for _count in embeddings_fill(faces=faces, models=owner_models(owner_id), unreadable=unreadable):
            pass
    except SoftTimeLimitExceeded:
        connection.close()  # the limit may have interrupted a query; the rest is done next time
    if unreadable:
        cache.set(_embedding_key(owner_id), 1, timeout=REST_SECONDS)
    else:
        cache.delete(_embedding_key(owner_id))


def enqueue_embedding() -> None:
    """Queue the computation of missing vectors, for all owners."""
    for owner_id in User.objects.filter(images__isnull=False).values_list("pk", flat=True).distinct():
        faces = Face.objects.filter(image__owner_id=owner_id)
        lacking = faces_lacking(faces, embedder=owner_models(owner_id).embedder)
        if lacking.exists() and cache.add(_embedding_key(owner_id), 1, timeout=2 * HARD_LIMIT):
            send(resume_embedding, owner_id)


@shared_task(acks_late=True)
def resume_scanning(*, everything: bool = False) -> int:
    """Queue stale scans, groupings and vectors again; with `everything`, all that are not done."""
    leftovers_erase()
    if everything:
        cache.delete_many([_queued_key(owner_id) for owner_id in User.objects.values_list("pk", flat=True)])
        forget_queued_attributes()
    unscanned = Image.objects.ready().filter(face_scan__isnull=True, binned_at=None)
    unscanned = unscanned.exclude(owner__face_recognition__enabled=False)
    scans = FaceScan.objects.pending().filter(image__binned_at=None)
    if everything:
        # A worker was started, so the model may be installed now; if not, they fail again.
        scans_reopen(reasons=(ModelMissing.code, ModelDamaged.code))
    else:
        unscanned = unscanned.filter(added_at__lt=timezone.now() - STALE_AFTER)
        scans = scans.filter(queued_at__lt=timezone.now() - STALE_AFTER)
    image_ids = [*unscanned.values_list("pk", flat=True), *scans.values_list("image_id", flat=True)]
    if image_ids:
        enqueue_scans(sorted(image_ids))
    for owner_id in User.objects.filter(images__isnull=False).values_list("pk", flat=True).distinct():
        if owner_is_stale(owner_id):
            enqueue_clustering(owner_id)
        elif exemplars_missing(owner_id):
            send(cluster_weigh, owner_id)
    enqueue_embedding()
    enqueue_unfinished_attributes()
    return len(image_ids)


def enqueue_owner_scans(owner_id: int) -> None:
    """Queue the scans of an owner's photos on commit, after recognition was switched on."""
    transaction.on_commit(lambda: send(scan_owner, owner_id), robust=True)


@shared_task(acks_late=True)
def scan_owner(owner_id: int) -> None:
    """Queue the scans of an owner's unscanned photos, after recognition was switched on."""
    unscanned = Image.objects.ready().filter(owner_id=owner_id, face_scan__isnull=True)
    enqueue_scans(list(unscanned.order_by("pk").values_list("pk", flat=True)))


@receiver(work_resumes, dispatch_uid="faces.resume_work")
def resume_work(**_kwargs: Any) -> None:
    """Queue unfinished work at once when a worker starts, or the broker is available again."""
    send(resume_scanning, everything=True)


def _queued_key(owner_id: int) -> str:
    return f"faces:clustering-queued:{owner_id}"


def _regrouping_key(owner_id: int) -> str:
    return f"faces:regrouping-queued:{owner_id}"


def _embedding_key(owner_id: int) -> str:
    return f"faces:embedding-queued:{owner_id}"


def _settled(owner_id: int) -> bool:
    """Return whether all readable photos of the owner are scanned."""
    images = Image.objects.filter(owner_id=owner_id, binned_at=None)
    waiting = images.ready().filter(face_scan__isnull=True).exists() or images.unread().exists()
    return not (waiting or FaceScan.objects.pending().filter(image__in=images).exists())


def _seconds_since_run(owner_id: int) -> float:
    run: ClusteringRun | None = last_run(owner_id)
    if run is None or run.finished_at is None:
        return float("inf")
    return (timezone.now() - run.finished_at).total_seconds()
