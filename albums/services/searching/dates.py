"""Dates as people type them: "2019", "June 2019", "June", "14 June 2019", "2019-06-01..2019-06-14"."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext

from albums.date_formats import format_date
from albums.text_normalization import normalized

FIRST_YEAR, LAST_YEAR = 1826, 2200
_SPAN = re.compile(r"(\d{4}(?:-\d{1,2}(?:-\d{1,2})?)?)(?:\.\.(\d{4}(?:-\d{1,2}(?:-\d{1,2})?)?))?")
_ANY_YEAR = re.compile(r"month-(\d{1,2})")
# Months may be abbreviated ("Sept"), but not further.
_SHORTEST_MONTH = 3
# "14 de junio de 2019"
_JOINING = frozenset({"de", "of"})


@dataclass(frozen=True, slots=True)
class Dates:
    """The days from `first` to `last`, both within; or with `month` (1..12) that month of every year."""

    first: date = date.min
    last: date = date.max
    month: int | None = None

    @property
    def value(self) -> str:
        """The shortest value that `dates_of_value` reads, for addresses."""
        if self.month:
            return f"month-{self.month}"
        if self == year_of(self.first.year):
            return f"{self.first.year:04}"
        if self == month_of(self.first.year, self.first.month):
            return f"{self.first:%Y-%m}"
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    @property
    def label(self) -> str:
        """The label in the active language."""
        if self.month:
            return gettext("%(month)s, any year") % {"month": MONTHS[self.month]}
        if self == year_of(self.first.year):
            return str(self.first.year)
        if self == month_of(self.first.year, self.first.month):
            return format_date(self.first, "YEAR_MONTH_FORMAT")
        if self.first == self.last:
            return format_date(self.first, "DATE_FORMAT")
        return gettext("%(first)s to %(last)s") % {
            "first": format_date(self.first, "SHORT_DATE_FORMAT"),
            "last": format_date(self.last, "SHORT_DATE_FORMAT"),
        }

    @property
    def condition(self) -> Q:
        """The condition for photos taken in this range, by the clocks where they were taken."""
        if self.month:
            return Q(captured_at__month=self.month)
        begins = datetime.combine(self.first, time.min)
        ends = datetime.combine(self.last + timedelta(days=1), time.min)
        return Q(captured_at__gte=begins, captured_at__lt=ends)


def year_of(year: int) -> Dates:
    """Return the dates of a year."""
    return Dates(date(year, 1, 1), date(year, 12, 31))


def month_of(year: int, month: int) -> Dates:
    """Return the dates of a month."""
    return Dates(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def dates_of_value(value: str) -> Dates | None:
    """Return the dates of a URL value or of typed digits; None if it is not a date."""
    any_year = _ANY_YEAR.fullmatch(value)
    if any_year:
        month = int(any_year[1])
        return Dates(month=month) if 1 <= month <= 12 else None
    found = _SPAN.fullmatch(value)
    if found is None:
        return None
    first = _of_figures(found[1])
    last = _of_figures(found[2]) if found[2] else first
    if first is None or last is None or last.last < first.first:
        return None
    return Dates(first.first, last.last)


def dates_of_words(words: Sequence[str]) -> tuple[int, Dates] | None:
    """Return the longest date that these normalized words begin with, and its number of words."""
    for length in range(min(len(words), 6), 0, -1):
        found = _of_words(words[:length])
        if found is not None:
            return length, found
    return None


def _of_words(words: Sequence[str]) -> Dates | None:
    figures = [word for word in words if word.isascii() and word.isdigit()]
    return _of_numbers(words) if len(figures) == len(words) else _of_month_name(words, figures)


def _of_numbers(words: Sequence[str]) -> Dates | None:
    # Normalization made spaces of the hyphens in "2019-06-14", and of the dots in "2019-06-01..2019-06-14".
    match len(words):
        case 1 | 2 | 3:
            return _of_figures("-".join(words))
        case 4:
            return dates_of_value(f"{'-'.join(words[:2])}..{'-'.join(words[2:])}")
        case 6:
            return dates_of_value(f"{'-'.join(words[:3])}..{'-'.join(words[3:])}")
        case _:
            return None


def _of_month_name(words: Sequence[str], figures: Sequence[str]) -> Dates | None:
    names = [word for word in words if word not in figures and word not in _JOINING]
    month = _month(names[0]) if len(names) == 1 else None
    if month is None or len(figures) > 2 or words[0] in _JOINING or words[-1] in _JOINING:
        return None
    if not figures:
        return Dates(month=month)
    years = [figure for figure in figures if len(figure) == 4]
    days = [figure for figure in figures if len(figure) < 3]
    return _of_figures("-".join([years[0], str(month), *days])) if len(years) == 1 else None


def _month(name: str) -> int | None:
    """The month that a word begins or is, in the language of the page or in English."""
    if len(name) < _SHORTEST_MONTH:
        return None
    for language in dict.fromkeys((translation.get_language() or "en", "en")):
        with translation.override(language):
            names = [normalized(str(MONTHS[number])) for number in range(1, 13)]
        found = [number for number, one in enumerate(names, start=1) if one.startswith(name)]
        if len(found) == 1:
            return found[0]
    return None


def _of_figures(text: str) -> Dates | None:
    """A year, a month or a day, as 2019, 2019-06 or 2019-06-14."""
    parts = text.split("-")
    if len(parts[0]) != 4 or any(len(part) > 2 for part in parts[1:]):
        return None
    year, *rest = map(int, parts)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        if not rest:
            return year_of(year)
        if len(rest) == 1:
            return month_of(year, rest[0])
        day = date(year, rest[0], rest[1])
    except ValueError:  # of the calendar, too: its IllegalMonthError is one
        return None
    return Dates(day, day)
