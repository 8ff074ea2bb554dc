"""The photos of an account by day, in pieces that a page loads one by one.

The layout of the whole library comes from one grouped query: the number of photos a day and their total
width. A piece is read when it comes into view.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, DateField, F, FloatField, Sum
from django.db.models.functions import Cast, Greatest, Least, NullIf

from albums.models import Image
from albums.ordering import NEWEST_FIRST, position
from albums.querysets import ImageQuerySet

# The shapes of tiles, in hundredths of width : height; those in static/css/ratios.css.
NARROWEST, WIDEST = 40, 300
# Photos in a piece. A day with more is divided.
PIECE = 100


@dataclass(frozen=True, slots=True)
class DayCount:
    """The number of photos of a day, None for those without a date. shape: the sum of width : height."""

    day: date | None
    photos: int
    shape: float


@dataclass(slots=True)
class Piece:
    """Photos from the day `first` back to the day `last`, inclusive; None: photos without a date.

    skip, take: the photos of a divided day; take is 0 for the last piece of the day.
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
    """The beginning of a piece: a day, None for photos without a date, after `skip` of its photos."""

    day: date | None
    skip: int = 0


def day_counts(images: ImageQuerySet) -> list[DayCount]:
    """Return the days of these photos, newest first and without a date last, in one query."""
    ratio = Cast("width", FloatField()) / NullIf(Cast("height", FloatField()), 0.0)
    # As wide as its tile: one picture of 65,000 x 20 pixels would reserve a hundred windows.
    shape = Least(Greatest(ratio, NARROWEST / 100), WIDEST / 100)
    rows = (
        images.order_by()
        .annotate(day=Cast("captured_at", DateField()))
        .values("day")
        .annotate(photos=Count("pk"), shape=Sum(shape))
        .order_by(F("day").desc(nulls_last=True))
        .values_list("day", "photos", "shape")
    )
    return [DayCount(day, photos, shape or float(photos)) for day, photos, shape in rows]


def pieces_of(days: Iterable[DayCount]) -> list[Piece]:
    """Join days into pieces, which begin at the same places as those of `photos_at`."""
    pieces: list[Piece] = []
    for day in days:
        last = pieces[-1] if pieces else None
        if day.photos > PIECE:
            pieces += _divided(day)
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
    """Return the present photos of a piece."""
    if first is None or last is None:
        rows = images.filter(captured_at=None)
    else:
        rows = images.filter(captured_at__gte=_midnight(last), captured_at__lt=_midnight(first, days=1))
    return rows[skip : skip + take] if take else rows[skip:]


def photos_at(images: ImageQuerySet, place: Place | None) -> tuple[list[Image], Place | None]:
    """Return the photos of the piece at a place, None for the first, and the place of the next."""
    undated = images.filter(captured_at=None)
    skip = place.skip if place else 0
    if place is not None and place.day is None:
        rows = list(undated[skip : skip + PIECE + 1])
        return rows[:PIECE], Place(None, skip + PIECE) if len(rows) > PIECE else None
    # Separate queries, since the index has photos with and without a date at its two ends.
    dated = images.filter(captured_at__isnull=False)
    if place is not None and place.day is not None:
        dated = dated.filter(captured_at__lt=_midnight(place.day, days=1))
    rows = list(dated[skip : skip + PIECE + 1])
    piece = _whole_days(rows, skipping=bool(skip))
    if rows and not piece:
        return rows[:PIECE], Place(day_of(rows[0]), skip + PIECE)
    if len(piece) < len(rows):
        return piece, Place(day_of(rows[len(piece)]))
    if piece:
        return piece, Place(None) if undated.exists() else None
    return photos_at(images, Place(None)) if not skip else ([], None)


def month_continues(images: ImageQuerySet, *, first: date | None, skip: int) -> bool:
    """Return True when the month of a piece, or the part without a date, begins in an earlier piece."""
    if first is None or skip:
        return bool(skip)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    newer = images.filter(captured_at__gte=_midnight(first, days=1), captured_at__lt=_midnight(last, days=1))
    return newer.exists()


def ids_between(images: ImageQuerySet, *, first: int, last: int) -> list[int]:
    """Return the ids from one photo to another, inclusive, newest first; none if one is not in `images`."""
    ends = {first, last}
    if images.filter(pk__in=ends).count() < len(ends):
        return []
    positions = [position(images, NEWEST_FIRST, pk) for pk in ends]
    return list(images.values_list("pk", flat=True)[min(positions) : max(positions) + 1])


def day_of(image: Image) -> date | None:
    """Return the day on which a photo was taken, at the place."""
    return image.captured_at.date() if image.captured_at else None


def _divided(day: DayCount) -> list[Piece]:
    counts = [min(PIECE, day.photos - skip) for skip in range(0, day.photos, PIECE)]
    pieces = [
        Piece(day.day, day.day, count, day.shape * count / day.photos, skip=at * PIECE, take=PIECE)
        for at, count in enumerate(counts)
    ]
    pieces[-1].take = 0
    return pieces


def _whole_days(rows: Sequence[Image], *, skipping: bool) -> list[Image]:
    """Return the photos of the days that end in these rows; of a divided day, that day only."""
    if skipping and rows:
        first = day_of(rows[0])
        same = [row for row in rows if day_of(row) == first]
        return same if len(same) <= PIECE else []
    if len(rows) <= PIECE:
        return list(rows)
    divided = day_of(rows[PIECE])
    return [row for row in rows[:PIECE] if day_of(row) != divided]


def _midnight(day: date, *, days: int = 0) -> datetime:
    """Return the beginning of a day, or of the day so many days later."""
    try:
        return datetime.combine(day + timedelta(days=days), time.min)
    except OverflowError:
        return datetime.max  # noqa: DTZ901 - the clock of no zone
