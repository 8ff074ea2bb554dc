"""The task of the queue "faces" that estimates the age and gender of faces."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection

from albums.locks import AdvisoryLock
from config.sending import send
from faces.services.attributes.consent import (
    attributes_available,
    attributes_enabled,
    owners_with_attributes,
)
from faces.services.attributes.estimation import attributes_fill, faces_unestimated

SOFT_LIMIT = 240
HARD_LIMIT = 300
MOST_RETRIES = 5
RETRY_SECONDS = 2
QUEUED = timedelta(minutes=10)
"""Age at which a queued task is queued again: the broker may have lost it."""


def enqueue_attributes(owner_ids: Iterable[int]) -> None:
    """Queue the estimates of these owners, of those who have switched them on, once each."""
    for owner_id in owner_ids:
        wanted = attributes_enabled(owner_id) and cache.add(_key(owner_id), 1, timeout=QUEUED.total_seconds())
        if wanted and not send(resume_attributes, owner_id):
            cache.delete(_key(owner_id))


def enqueue_unfinished_attributes() -> None:
    """Queue the estimates of all owners that are missing, as after a worker was killed."""
    owners = owners_with_attributes()
    if owners and attributes_available():
        enqueue_attributes(owner_id for owner_id in owners if faces_unestimated(owner_id).exists())


def forget_queued_attributes() -> None:
    """Let all estimates be queued again at once, when a worker starts."""
    cache.delete_many([_key(owner_id) for owner_id in owners_with_attributes()])


@shared_task(
    name="faces.tasks.resume_attributes",
    bind=True,
    acks_late=True,
    soft_time_limit=SOFT_LIMIT,
    time_limit=HARD_LIMIT,
    max_retries=MOST_RETRIES,
)
def resume_attributes(self: Task[Any, Any], owner_id: int) -> None:
    """Estimate the faces of an owner that are not estimated yet, unless another worker does it.

    That one sees new faces as well: it ends when none is left.
    """
    cache.delete(_key(owner_id))
    try:
        with AdvisoryLock.ATTRIBUTES.held(owner_id) as acquired:
            for _count in attributes_fill(owner_id=owner_id) if acquired else ():
                pass
    except SoftTimeLimitExceeded:
        connection.close()  # the limit may have interrupted a query; the lock ends with the connection
        enqueue_attributes([owner_id])
    except (OperationalError, InterfaceError, OSError) as error:
        connection.close_if_unusable_or_obsolete()
        raise self.retry(exc=error, countdown=RETRY_SECONDS * 2**self.request.retries) from error


def _key(owner_id: int) -> str:
    return f"faces:attributes-queued:{owner_id}"
