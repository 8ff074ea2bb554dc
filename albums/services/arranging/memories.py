"""Photos of a day of the year in earlier years."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, QuerySet
from django.utils import timezone

from albums.extensions import provided
from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.services.core.people_names import names_in
from albums.wall_clock import MonthDay

PHOTOS_SHOWN = 24
"""Photos of a year that are shown; the others are found by their date."""

UnwantedSource = Callable[[User], QuerySet[Any, Any]]
"""Returns the ids of the photos that are no memories for this owner, in one column."""

# A leap year, which has every day.
_YEAR = 2000


@dataclass(frozen=True, slots=True)
class MemoryYear:
    """The photos of a day: `images` are the first ones, `total` counts all. names: of the people in them."""

    day: date
    years_ago: int
    total: int
    images: Sequence[Image]
    names: Sequence[str]

    @property
    def key(self) -> str:
        """The day for addresses."""
        return self.day.isoformat()


@dataclass(frozen=True, slots=True)
class Memories:
    """A day of the year, in a leap year, its photos by year, newest first, and the nearest days with any."""

    day: date
    years: Sequence[MemoryYear]
    previous: date | None
    following: date | None


def memories_today(user: User) -> list[MemoryYear]:
    """Return today in earlier years in three queries, each with its first photo."""
    today = timezone.localdate()
    return _years(user, _of_today(today), today, pictures=1)


def memories_of(user: User, day: date) -> Memories:
    """Return the photos of a day of the year, and where to go from there."""
    today = timezone.localdate()
    days = _of_today(today) if _number(day) == _number(today) else [_number(day)]
    return Memories(
        day=day.replace(year=_YEAR),
        years=_years(user, days, today),
        previous=_near(user, today, day, back=True),
        following=_near(user, today, day, back=False),
    )


def day_of_text(text: str) -> date | None:
    """Return the day of the year that a text such as 12-25 or 2024-12-25 says; None if there is none."""
    try:
        return date.fromisoformat(f"{_YEAR}-{text[-5:]}")
    except ValueError:
        return None


def _of_today(today: date) -> list[int]:
    """Return today, and in most years on 28 February the day that they lack."""
    days = [_number(today)]
    tomorrow = today + timedelta(days=1)
    return [*days, 229] if (today.month, tomorrow.month) == (2, 3) and today.day == 28 else days


def _number(day: date) -> int:
    return 100 * day.month + day.day


def _past(user: User, today: date) -> ImageQuerySet:
    """Return the photos of earlier years that are wanted."""
    images = Image.objects.owned_by(user).in_timeline()
    images = images.filter(captured_at__lt=datetime(today.year, 1, 1))  # noqa: DTZ001 - a wall clock
    for unwanted in provided(lambda app: app.unwanted_memories):
        images = images.exclude(pk__in=unwanted(user))
    return images


def _years(user: User, days: Sequence[int], today: date, *, pictures: int = PHOTOS_SHOWN) -> list[MemoryYear]:
    rows = (
        _past(user, today)
        .filter(captured_at__month_day__in=days)
        .order_by("-captured_at", "-pk")
        .values_list("pk", "captured_at")
    )
    found = [
        (day, [pk for pk, _at in several])
        for day, several in groupby(rows, key=lambda row: row[1].date() if row[1] else None)
    ]
    # In the order of the day.
    shown = {day: list(reversed(pks))[:PHOTOS_SHOWN] for day, pks in found}
    ids = [pk for pks in shown.values() for pk in pks]
    images = Image.objects.defer("words").in_bulk([pk for pks in shown.values() for pk in pks[:pictures]])
    names = names_in(ids, owner_id=user.pk) if ids else {}
    return [
        MemoryYear(
            day=day,
            years_ago=today.year - day.year,
            total=len(pks),
            images=[images[pk] for pk in shown[day] if pk in images],
            names=list(dict.fromkeys(name for pk in shown[day] for name in names.get(pk, ()))),
        )
        for day, pks in found
        if day
    ]


def _near(user: User, today: date, day: date, *, back: bool) -> date | None:
    """Return the nearest day with photos before or after a day, around the end of the year."""
    images = _past(user, today).annotate(month_day=MonthDay(F("captured_at"))).filter(month_day__isnull=False)
    images = images.order_by("-month_day" if back else "month_day")
    here = _number(day)
    beyond = {"month_day__lt": here} if back else {"month_day__gt": here}
    numbers = images.values_list("month_day", flat=True)
    number = numbers.filter(**beyond).first() or numbers.exclude(month_day=here).first()
    return date(_YEAR, *divmod(number, 100)) if number else None
