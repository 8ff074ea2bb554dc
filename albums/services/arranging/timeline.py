"""All photos of an account in pieces of whole days: so many that a page may hold several, and no more.

A library of a hundred thousand photos is never read as a whole. What the whole looks like is known from one
grouped query (how many photos a day, and how wide they are together); a piece is read when somebody looks.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, FloatField, Sum
from django.db.models.functions import Cast, NullIf, TruncDate
from django.utils import timezone

from albums.models import Image
from albums.querysets import ImageQuerySet

# Photos in a piece, unless one day alone has more: it is cut.
PIECE = 100


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many photos a day has, None for those without a date. shape: their width : height, added up."""

    day: date | None
    photos: int
    shape: float


@dataclass(slots=True)
class Piece:
    """Photos from the day `first` back to the day `last`, both included; None: those without a date.

    skip, take: of a day that is cut, which of its photos; take is 0 where there are no more after it.
    """

    first: date | None
    last: date | None
    photos: int
    shape: float
    days: int = 1
    skip: int = 0
    take: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece begins: on this day, None: with the photos without a date; after `skip` of its photos."""

    day: date | None
    skip: int = 0


def day_counts(images: ImageQuerySet) -> list[DayCount]:
    """The days of these photos, newest first, those without a date last; one query."""
    shape = Cast("width", FloatField()) / NullIf(Cast("height", FloatField()), 0.0)
    rows = (
        images.order_by()
        .annotate(day=TruncDate("captured_at"))
        .values("day")
        .annotate(photos=Count("pk"), shape=Sum(shape))
        .order_by(F("day").desc(nulls_last=True))
        .values_list("day", "photos", "shape")
    )
    return [DayCount(day, photos, shape or float(photos)) for day, photos, shape in rows]


def pieces_of(days: Iterable[DayCount]) -> list[Piece]:
    """Put whole days together; what `photos_at` reads is cut at the very same places."""
    pieces: list[Piece] = []
    for day in days:
        last = pieces[-1] if pieces else None
        if day.photos > PIECE:
            pieces += _cut(day)
        elif last is None or day.day is None or last.skip or last.photos + day.photos > PIECE:
            pieces.append(Piece(day.day, day.day, day.photos, day.shape))
        else:
            last.last = day.day
            last.photos += day.photos
            last.shape += day.shape
            last.days += 1
    return pieces


def piece_photos(
    images: ImageQuerySet, *, first: date | None, last: date | None, skip: int, take: int
) -> ImageQuerySet:
    """The photos of a piece as they are now."""
    if first is None or last is None:
        rows = images.filter(captured_at=None)
    else:
        rows = images.filter(captured_at__gte=_midnight(last), captured_at__lt=_midnight(first, days=1))
    return rows[skip : skip + take] if take else rows[skip:]


def photos_at(images: ImageQuerySet, place: Place | None) -> tuple[list[Image], Place | None]:
    """The photos of the piece that begins at a place (None: at the newest), and where the next one begins."""
    undated = images.filter(captured_at=None)
    skip = place.skip if place else 0
    if place is not None and place.day is None:
        rows = list(undated[skip : skip + PIECE + 1])
        return rows[:PIECE], Place(None, skip + PIECE) if len(rows) > PIECE else None
    # In queries of their own, for the index has them at two ends.
    dated = images.filter(captured_at__isnull=False)
    if place is not None and place.day is not None:
        dated = dated.filter(captured_at__lt=_midnight(place.day, days=1))
    rows = list(dated[skip : skip + PIECE + 1])
    kept = _whole_days(rows, skipping=bool(skip))
    if rows and not kept:
        return rows[:PIECE], Place(day_of(rows[0]), skip + PIECE)
    if len(kept) < len(rows):
        return kept, Place(day_of(rows[len(kept)]))
    if kept:
        return kept, Place(None) if undated.exists() else None
    return photos_at(images, Place(None)) if not skip else ([], None)


def month_goes_on(images: ImageQuerySet, *, first: date | None, skip: int) -> bool:
    """Whether the month (or the part without a date) began before the piece that begins there; one query."""
    if first is None or skip:
        return bool(skip)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    newer = images.filter(captured_at__gte=_midnight(first, days=1), captured_at__lt=_midnight(last, days=1))
    return newer.exists()


def ids_between(images: ImageQuerySet, *, first: int, last: int) -> list[int]:
    """The ids of all photos from one to another, both included, in the order of the timeline.

    Which of the two is newer does not matter. Nothing when one of them is not among `images`.
    """
    ends = list(images.filter(pk__in=[first, last]))
    if len(ends) < len({first, last}):
        return []
    newest, oldest = ends[0], ends[-1]
    rows = images
    if newest.captured_at is None:
        rows = rows.filter(captured_at=None)
    elif oldest.captured_at is None:
        # Those without a date stay in, which a comparison would leave out.
        rows = rows.exclude(captured_at__gt=newest.captured_at)
    else:
        rows = rows.filter(captured_at__range=(oldest.captured_at, newest.captured_at))
    # Of the photos of one moment only some may be between the two.
    ids = list(rows.values_list("pk", flat=True))
    return ids[ids.index(newest.pk) : ids.index(oldest.pk) + 1]


def day_of(image: Image) -> date | None:
    """The day on which a photo was taken, where this installation is."""
    return timezone.localdate(image.captured_at) if image.captured_at else None


def _cut(day: DayCount) -> list[Piece]:
    counts = [min(PIECE, day.photos - skip) for skip in range(0, day.photos, PIECE)]
    pieces = [
        Piece(day.day, day.day, count, day.shape * count / day.photos, skip=at * PIECE, take=PIECE)
        for at, count in enumerate(counts)
    ]
    pieces[-1].take = 0
    return pieces


def _whole_days(rows: Sequence[Image], *, skipping: bool) -> list[Image]:
    """The photos of the days that end in these rows; of a day that was begun before, that one alone."""
    if skipping and rows:
        first = day_of(rows[0])
        same = [row for row in rows if day_of(row) == first]
        return same if len(same) <= PIECE else []
    if len(rows) <= PIECE:
        return list(rows)
    cut = day_of(rows[PIECE])
    return [row for row in rows[:PIECE] if day_of(row) != cut]


def _midnight(day: date, *, days: int = 0) -> datetime:
    """The beginning of a day, or of one so many days later, where this installation is."""
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))
    except OverflowError:
        return timezone.make_aware(datetime.combine(date(9999, 12, 30), time.max))
