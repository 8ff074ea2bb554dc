"""Progress of the work on the photos of one visit to the upload page: "12 of 40 photos read".

Beside `core.progress`, which counts all photos of an owner.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.utils.translation import ngettext

from albums.extensions import provided
from albums.models import Image
from albums.number_formats import with_numbers
from albums.querysets import ImageQuerySet


@dataclass(frozen=True, slots=True)
class BatchStage:
    """The state of one kind of work on a batch: `done` of `total` photos are finished or have failed."""

    words: str
    done: int
    total: int

    @property
    def finished(self) -> bool:
        """Return True when no work is left."""
        return self.done >= self.total


BatchStageSource = Callable[[int, ImageQuerySet], BatchStage | None]
"""Takes the owner's id and the photos; returns None when the owner has no such work."""


def photos_read(_owner_id: int, images: ImageQuerySet) -> BatchStage:
    """Return the stage of reading files."""
    counts = images.aggregate(total=Count("pk"), done=Count("pk", filter=Q(state=Image.State.READY)))
    words = ngettext(
        "%(done)s of %(total)s photo processed", "%(done)s of %(total)s photos processed", counts["total"]
    )
    return BatchStage(with_numbers(words, **counts), **counts)


def batch_stages(*, owner: User, since: datetime) -> list[BatchStage]:
    """Return the stages of what this owner uploaded since a time; refused files do not count."""
    images = Image.objects.owned_by(owner).filter(added_at__gte=since).exclude(state=Image.State.REFUSED)
    if not images.exists():
        return []
    sources = [photos_read, *provided(lambda app: app.batch_stages)]
    return [stage for source in sources if (stage := source(owner.pk, images)) is not None]
