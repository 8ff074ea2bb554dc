"""How far the work on a person's photos is, stage by stage.

Each app registers its own stages, so that the page, the start command and the API show all of them without
knowing who does what.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from albums.models import Image


@dataclass(frozen=True, slots=True)
class Stage:
    """One kind of work: of `total` pieces, `done` are finished and `failed` have a reason instead.

    `detail` is what has come out so far, for a person to read ("812 faces").
    """

    name: str
    label: str
    done: int
    total: int
    failed: int = 0
    detail: str = ""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.done + self.failed >= self.total


StageSource = Callable[[int], Stage | None]
"""Of an owner's id, how far a stage is; None when there is no such work for this owner."""

Unfinished = Callable[[int], bool]
"""Of an owner's id, whether the stage is there and not finished: the same answer without counting."""


def reading_unfinished(owner_id: int) -> bool:
    """Whether a file waits to be read."""
    return Image.objects.filter(owner_id=owner_id, binned_at=None, state=Image.State.STORED).exists()


def photos_read(owner_id: int) -> Stage:
    """The reading of files: pictures decoded and their renditions made; refused ones failed."""
    counts = Image.objects.filter(owner_id=owner_id, binned_at=None).aggregate(
        total=Count("id"),
        done=Count("id", filter=Q(state=Image.State.READY)),
        failed=Count("id", filter=Q(state=Image.State.REFUSED)),
    )
    return Stage(name="read", label=_("Photos read"), **counts)


@dataclass(frozen=True, slots=True)
class Failure:
    """A photo that came to nothing. `remedy` is the command that tries it again; empty when none can."""

    path: str
    reason: str
    remedy: str = ""


FailureSource = Callable[[int, datetime], list[Failure]]


def photos_refused(owner_id: int, since: datetime) -> list[Failure]:
    """Files that were taken in after `since`, and that a worker could not read."""
    files = Image.objects.filter(owner_id=owner_id, added_at__gte=since, attempts__gt=0).refused()
    return [
        Failure(path=image.source_path, reason=image.detail or image.why)
        for image in files.order_by("source_path")
    ]


_sources: dict[StageSource, Unfinished] = {photos_read: reading_unfinished}
_failure_sources: list[FailureSource] = [photos_refused]


def register(source: StageSource, *, unfinished: Unfinished) -> None:
    """Add a stage after those already there. Called from `AppConfig.ready`; twice is once."""
    _sources.setdefault(source, unfinished)


def register_failures(source: FailureSource) -> None:
    """Add what else can come to nothing. Called from `AppConfig.ready`; twice is once."""
    if source not in _failure_sources:
        _failure_sources.append(source)


def failures(owner_id: int, since: datetime) -> list[Failure]:
    """What came to nothing of the owner's photos; `since` is when the run began that asks."""
    return [failure for source in _failure_sources for failure in source(owner_id, since)]


def stages(owner_id: int) -> list[Stage]:
    """Return every stage of the owner's work, in the order in which the work is done."""
    return [stage for source in _sources if (stage := source(owner_id)) is not None]


def work_left(owner_id: int) -> bool:
    """Whether any stage is unfinished. Every page asks it: nothing is counted for it, as `stages` does."""
    return any(unfinished(owner_id) for unfinished in _sources.values())
