"""Slots for running jobs: fewer than worker processes, so that photos are read while long jobs run."""

import contextlib
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Q

from albums.locks import AdvisoryLock
from albums.models import Job


@contextlib.contextmanager
def job_slot() -> Iterator[bool]:
    """Hold a slot, or yield False when all are taken; it is released when the process dies."""
    with contextlib.ExitStack() as stack:
        slots = (AdvisoryLock.JOB_SLOT.held(number) for number in range(settings.STUDIO_AT_ONCE))
        yield any(stack.enter_context(slot) for slot in slots)


def job_next() -> int | None:
    """Return the id of the job to run next: of the owner with the fewest running ones, the oldest."""
    running = Count("owner__jobs", filter=Q(owner__jobs__state=Job.State.RUNNING))
    waiting = Job.objects.filter(state=Job.State.WAITING).annotate(running=running)
    return waiting.order_by("running", "pk").values_list("pk", flat=True).first()
