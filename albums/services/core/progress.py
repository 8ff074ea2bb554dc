"""Progress of the work on an owner's photos, stage by stage, and the photos on which it failed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from albums.extensions import provided
from albums.models import Image
from albums.services.core.photo_counts import PhotoCounts, photo_counts


@dataclass(frozen=True, slots=True)
class Stage:
    """The state of one kind of work: `done` of `total` pieces are finished, `failed` have failed.

    `refused`: files that are no photos, and not in `total`. `detail` is the result so far, as text
    ("812 faces").
    """

    name: str
    label: str
    done: int
    total: int
    failed: int = 0
    refused: int = 0
    detail: str = ""

    @property
    def finished(self) -> bool:
        """Return True when no work is left."""
        return self.done + self.failed >= self.total


@dataclass(frozen=True, slots=True)
class StageSource:
    """A stage of every owner, by the owner's id.

    stage: None without such work. It gets the counts of the owner's photos, which all stages share.
    unfinished: must not count rows, since every page calls it.
    """

    stage: Callable[[int, PhotoCounts], Stage | None]
    unfinished: Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Failure:
    """A photo that could not be processed. `remedy` is the command that retries it, or empty."""

    path: str
    reason: str
    remedy: str = ""


FailureSource = Callable[[int, datetime], list[Failure]]
"""Returns the failures of an owner's photos; the time is when the import began that shows them."""


def _photos_read(_owner_id: int, photos: PhotoCounts) -> Stage:
    """Return the stage of reading files: photos with renditions are done."""
    return Stage(
        name="read",
        label=_("Processed"),
        done=photos.photos,
        total=photos.photos + photos.unread,
        refused=photos.refused,
    )


def _reading_unfinished(owner_id: int) -> bool:
    return Image.objects.filter(owner_id=owner_id, binned_at=None).unread().exists()


def _photos_refused(owner_id: int, since: datetime) -> list[Failure]:
    files = Image.objects.filter(owner_id=owner_id, added_at__gte=since, attempts__gt=0).refused()
    return [
        Failure(path=image.source_path, reason=image.detail or image.why)
        for image in files.order_by("source_path")
    ]


def _stage_sources() -> list[StageSource]:
    return [StageSource(_photos_read, _reading_unfinished), *provided(lambda app: app.stages)]


def stages(owner_id: int) -> list[Stage]:
    """Return every stage of the owner's work, in the order in which the work is done."""
    photos = photo_counts(Image.objects.filter(owner_id=owner_id))
    return [stage for source in _stage_sources() if (stage := source.stage(owner_id, photos)) is not None]


def work_left(owner_id: int) -> bool:
    """Return True when a stage is unfinished, without counting as `stages` does."""
    return any(source.unfinished(owner_id) for source in _stage_sources())


def failures(owner_id: int, since: datetime) -> list[Failure]:
    """Return the failures of the owner's photos; `since` is when the import began that shows them."""
    sources = [_photos_refused, *provided(lambda app: app.failures)]
    return [failure for source in sources for failure in source(owner_id, since)]
