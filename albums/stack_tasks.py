"""Tasks that compute fingerprints of photos and form stacks of them, of the queue "ingest"."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError, transaction
from django.dispatch import receiver

from albums.models import Image
from albums.services.arranging.stacks import AT_ONCE, stacks_renew, stacks_renew_due
from albums.services.reading.fingerprints import images_hash
from albums.signals import images_ready
from config.sending import send

# Photos per task, which are locked for so long.
HASHED_AT_ONCE = 20


# Queues of an older version hold the name.
@shared_task(
    name="albums.tasks.hash_photos",
    acks_late=True,
    autoretry_for=(OperationalError, InterfaceError, OSError),
    max_retries=5,
    retry_backoff=2,
    retry_jitter=False,
)
def hash_photos() -> None:
    """Compute the fingerprints of some photos that lack one, and enqueue the next ones."""
    count = images_hash(count=HASHED_AT_ONCE)
    if count == HASHED_AT_ONCE:
        send(hash_photos)
    elif count:
        send(stack_photos)


@shared_task(acks_late=True)
def stack_photos() -> None:
    """Renew the stacks around some photos that have changed, and enqueue the next ones.

    The schedule repeats it after an error.
    """
    if stacks_renew_due() == AT_ONCE:
        send(stack_photos)


def enqueue_stacking() -> None:
    """Enqueue `stack_photos` on commit."""
    transaction.on_commit(lambda: send(stack_photos), robust=True)


@receiver(images_ready, dispatch_uid="albums.stack_ready_photos")
def stack_ready_photos(*, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """Form the stacks around photos that were just read; `stack_photos` repeats it after an error."""
    rows = Image.objects.filter(pk__in=image_ids).order_by("owner_id").values_list("owner_id", "pk")
    for owner_id, group in groupby(rows, key=lambda row: row[0]):
        stacks_renew(owner_id=owner_id, image_ids=[pk for _owner, pk in group])
