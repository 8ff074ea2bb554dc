"""How far the work on the photos of one visit to the upload page is: "12 of 40 photos looked at, 23 faces".

Beside `progress`, which counts all of a person's photos: who has just sent 40 wants to see those.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.utils.translation import ngettext

from albums.models import Image
from albums.querysets import ImageQuerySet


@dataclass(frozen=True, slots=True)
class BatchStage:
    """One kind of work on the photos of a batch: `done` of `total` are finished, or have failed."""

    words: str
    done: int
    total: int

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.done >= self.total


BatchSource = Callable[[int, ImageQuerySet], BatchStage | None]
"""Of the owner's id and the photos, how far a stage is; None when there is no such work for this owner."""


def photos_read(_owner_id: int, images: ImageQuerySet) -> BatchStage:
    """The reading of files."""
    counts = images.aggregate(total=Count("pk"), done=Count("pk", filter=Q(state=Image.State.READY)))
    words = ngettext("%(done)d of %(total)d photo read", "%(done)d of %(total)d photos read", counts["total"])
    return BatchStage(words % counts, **counts)


_sources: list[BatchSource] = [photos_read]


def register(source: BatchSource) -> None:
    """Add a stage after those already there. Called from `AppConfig.ready`; twice is once."""
    if source not in _sources:
        _sources.append(source)


def batch_stages(*, owner: User, since: datetime) -> list[BatchStage]:
    """The stages of the work on what this owner has sent since then; none when nothing came.

    Refused files are not waited for.
    """
    images = Image.objects.owned_by(owner).filter(added_at__gte=since).exclude(state=Image.State.REFUSED)
    if not images.exists():
        return []
    return [stage for source in _sources if (stage := source(owner.pk, images)) is not None]
