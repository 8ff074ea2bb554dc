"""Tasks of the queue "ingest": they take ids, call a service, and decide about retries."""

import logging
import time
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from celery.signals import worker_process_init
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from albums.exceptions import ImageRefused, RefusalCode
from albums.models import Image, Upload
from albums.services.core.isolation import isolate_nothing
from albums.services.core.throttling import attempts_expire
from albums.services.erasing.bin import bin_expire
from albums.services.erasing.sweeping import sweep_run
from albums.services.importing.uploaded_takeout import uploaded_takeout_describe
from albums.services.reading.metadata import images_describe
from albums.services.reading.regeneration import files_regenerate, kinds_to_regenerate
from albums.services.reading.renditions import READING, image_give_up, image_read_claimed
from albums.services.uploading.archive_unpacking import archive_unpack
from albums.services.uploading.upload_sweeping import uploads_sweep
from albums.signals import images_ready
from albums.stack_tasks import hash_photos, stack_photos
from config.outages import Outage, outage_of
from config.patient_task import PatientTask
from config.resuming import work_resumes
from config.sending import BrokerUnavailable, send, send_at_once

logger = logging.getLogger(__name__)

CHUNK = 8
# Seconds. The hard limit is for a decoder that never returns to Python.
SOFT_LIMIT = 120
HARD_LIMIT = 150
# An image that took so much of the limit is refused.
BLAMED_SECONDS = 60
# An image that was queued so long ago is queued again: the broker may have lost it. One that was begun has
# ended after the hard limit.
STALE_AFTER = timedelta(minutes=10)
BEGUN_STALE_AFTER = timedelta(seconds=HARD_LIMIT + 30)
# A zip is unpacked for so many seconds at a time, so that photos are read in between and workers can stop.
UNPACKING_SECONDS = 20
UNPACKING_STALE_AFTER = timedelta(minutes=5)
RETRY_SECONDS = 2
SWEEP_LIMIT = 3000
# Photos per task that reads metadata: few, so that new photos do not wait long behind it.
DESCRIBED_AT_ONCE = 50
MOST_RETRIES = 5
RETRY: dict[str, Any] = {
    "max_retries": MOST_RETRIES,
    "retry_backoff": RETRY_SECONDS,
    "retry_jitter": False,
}
# Temporary errors of the database and the storage.
PASSING_ERRORS = (OperationalError, InterfaceError, OSError)


class ChunkTask(PatientTask):
    """A task with several photos, which is redelivered when the hard time limit has killed its process.

    A photo with an attempt on record is then processed alone.
    """

    abstract = True
    acks_on_timeout = False


def enqueue_reading(image_ids: Iterable[int]) -> None:
    """Enqueue the reading of these images on commit.

    If the broker is unavailable, logs a warning; `resume_reading` retries.
    """
    wanted = list(image_ids)
    # Not a partial: Django logs the qualified name of the function.
    transaction.on_commit(lambda: _send_or_log(wanted), robust=True)


def _send_or_log(image_ids: Sequence[int]) -> None:
    try:
        request_reading(image_ids)
    except BrokerUnavailable as error:
        logger.warning("%s images wait for the broker: %s", len(image_ids), error)


def request_reading(image_ids: Sequence[int]) -> None:
    """Enqueue the reading now; repeating it is harmless. Raises BrokerUnavailable."""
    for chunk in READING.chunks(image_ids, size=CHUNK):
        rows = Image.objects.filter(pk__in=chunk)
        # Before they are sent: a worker skips a row that is being written.
        rows.update(queued_at=timezone.now())
        try:
            send_at_once(read_images, chunk)
        except BrokerUnavailable:
            rows.update(queued_at=None)
            raise


@shared_task(
    base=ChunkTask,
    bind=True,
    acks_late=True,
    soft_time_limit=SOFT_LIMIT,
    time_limit=HARD_LIMIT,
    max_retries=MOST_RETRIES,
)
def read_images(self: ChunkTask, image_ids: list[int]) -> None:
    """Read each image in its own transaction, then send `images_ready`."""
    ready: list[int] = []
    again: list[int] = []
    left = list(image_ids)
    if len(left) > 1:
        left, begun = READING.apart(left)
        enqueue_reading(begun)
    failure: Exception | None = None
    while left:
        image_id, *left = left
        began = time.monotonic()
        try:
            if READING.claim([image_id]) and image_read_claimed(image_id=image_id):
                ready.append(image_id)
        except SoftTimeLimitExceeded:
            _took_too_long(image_id, left, alone=len(image_ids) == 1, seconds=time.monotonic() - began)
            break
        except PASSING_ERRORS as error:
            logger.warning("Image %s could not be read now: %s", image_id, error)
            again.append(image_id)
            failure = error
            if isinstance(error, OperationalError | InterfaceError):
                again, left = again + left, []
    if ready:
        images_ready.send_robust(sender=Image, image_ids=ready)
    if failure is not None:
        _try_again(self, again, failure)


@shared_task(acks_late=True)
def resume_reading(*, everything: bool = False) -> int:
    """Enqueue images again that no worker seems to read, or with `everything` all unread ones."""
    unread = Image.objects.unread()
    if not everything:
        now = timezone.now()
        unread = unread.filter(
            Q(queued_at__isnull=True)
            | Q(queued_at__lt=now - STALE_AFTER)
            | Q(attempts__gt=0, queued_at__lt=now - BEGUN_STALE_AFTER)
        )
    image_ids = list(unread.order_by("pk").values_list("pk", flat=True))
    enqueue_reading(image_ids)
    return len(image_ids)


def enqueue_expiring() -> None:
    """Enqueue `expire_bin` on commit. If the broker is unavailable, the schedule runs it later."""
    transaction.on_commit(lambda: send(expire_bin), robust=True)


@shared_task(acks_late=True)
def expire_bin() -> int:
    """Erase the photos that can no longer be restored."""
    erased = bin_expire()
    if erased:
        logger.info("Erased out of the bin: %s photos", erased)
        send(sweep_erased)
    return erased


def enqueue_sweep() -> None:
    """Enqueue the sweep on commit. If the broker is unavailable, the schedule runs it later."""
    transaction.on_commit(lambda: send(sweep_erased), robust=True)


# Of the queue "cluster", whose tasks may take as long; queues of an older version hold the name.
@shared_task(
    name="faces.tasks.cluster_sweep", acks_late=True, soft_time_limit=SWEEP_LIMIT, time_limit=SWEEP_LIMIT + 60
)
def sweep_erased() -> None:
    """Remove erased data from the disk; does nothing if there is none. The schedule continues it."""
    try:
        sweep_run()
    except PASSING_ERRORS as error:
        connection.close_if_unusable_or_obsolete()
        logger.warning("The sweep continues later: %s", error)


def enqueue_unpacking(upload_id: uuid.UUID) -> None:
    """Enqueue the unpacking of a zip on commit; without a broker `resume_unpacking` retries."""
    transaction.on_commit(lambda: send(unpack_archive, str(upload_id)), robust=True)


# An OSError is a full disk, as a rule: after the last retry `resume_unpacking` asks again.
@shared_task(acks_late=True, autoretry_for=(OSError,), **RETRY)
def unpack_archive(upload_id: str) -> None:
    """Unpack a part of a zip, and enqueue the rest."""
    finished = archive_unpack(
        upload_id=uuid.UUID(upload_id),
        enqueue=enqueue_reading,
        describe=uploaded_takeout_describe,
        seconds=UNPACKING_SECONDS,
    )
    if not finished:
        enqueue_unpacking(uuid.UUID(upload_id))


@shared_task(acks_late=True)
def resume_unpacking(*, everything: bool = False) -> int:
    """Enqueue zips again that no worker seems to unpack, or with `everything` all of them."""
    zips = Upload.objects.unpacking()
    if not everything:
        zips = zips.filter(changed_at__lt=timezone.now() - UNPACKING_STALE_AFTER)
    upload_ids = list(zips.order_by("created_at").values_list("pk", flat=True))
    for upload_id in upload_ids:
        enqueue_unpacking(upload_id)
    return len(upload_ids)


@shared_task(acks_late=True)
def sweep_uploads() -> int:
    """Delete uploads without activity."""
    return uploads_sweep()


@shared_task(acks_late=True)
def forget_attempts() -> int:
    """Delete the counters of attempts at passwords that no longer count."""
    return attempts_expire()


@worker_process_init.connect
def read_in_place(**_kwargs: Any) -> None:
    """Decode in the process of the worker, which is a child already."""
    isolate_nothing()


@receiver(work_resumes, dispatch_uid="albums.resume_work")
def resume_work(**_kwargs: Any) -> None:
    """Resume at once what an earlier worker left behind, or what was requested without the broker."""
    send(resume_reading, everything=True)
    send(resume_unpacking, everything=True)
    send(expire_bin)
    send(read_metadata)
    send(hash_photos)
    send(stack_photos)
    for name in kinds_to_regenerate():
        send(regenerate_files, name)


# Queues of an older version hold the name.
@shared_task(name="albums.tasks.remake_files", acks_late=True, autoretry_for=PASSING_ERRORS, **RETRY)
def regenerate_files(name: str, before: int | None = None) -> None:
    """Create missing files of a kind for some photos, then enqueue the next ones."""
    last = files_regenerate(name=name, before=before)
    if last is not None:
        send(regenerate_files, name, last)


@shared_task(acks_late=True, autoretry_for=PASSING_ERRORS, **RETRY)
def read_metadata() -> None:
    """Read the metadata of some photos that lack it, and enqueue the next ones."""
    count = images_describe(count=DESCRIBED_AT_ONCE)
    if count == DESCRIBED_AT_ONCE:
        send(read_metadata)


def _took_too_long(image_id: int, left: list[int], *, alone: bool, seconds: float) -> None:
    if not connection.in_atomic_block:
        connection.close()  # the limit may have struck in the middle of a query
    if alone or seconds >= BLAMED_SECONDS:
        detail = f"Reading it took more than {seconds:.0f} seconds."
        image_give_up(image_id=image_id, refusal=ImageRefused(RefusalCode.TOOK_TOO_LONG, detail))
    else:
        left = [image_id, *left]
    enqueue_reading(left)


def _try_again(task: "Task[Any, Any]", image_ids: list[int], failure: Exception) -> None:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    if outage_of(failure) is Outage.DATABASE:
        raise failure  # PatientTask waits for it
    retries = task.request.retries
    if isinstance(failure, OSError) and retries < MOST_RETRIES:
        READING.release(image_ids)
    raise task.retry(args=(image_ids,), exc=failure, countdown=RETRY_SECONDS * 2**retries)
