"""Photos as a justified grid of tiles with month headings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from albums.date_formats import format_date, format_short_month
from albums.models import Image
from albums.ordering import Order
from albums.pagination import InvalidCursor, page_of
from albums.querysets import ImageQuerySet
from albums.services.arranging.stacks import stacks_below
from albums.services.arranging.timeline import NARROWEST, WIDEST, day_of

PAGE_SIZE = 60
NO_DATE = gettext_lazy("No date")
# Between the ratios in static/css/ratios.css, in hundredths of width : height.
STEP = 5
# A photo with such a ratio is shown with more pixels than its thumbnail has, on a screen of double density.
WIDE = 195
# The columns that a tile needs.
COLUMNS = (
    "pk",
    "owner_id",
    "source_path",
    "width",
    "height",
    "turns",
    "captured_at",
    "added_at",
    "favourite",
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A photo in the grid. heading: on the first of a month. below: the other photos of its stack."""

    image: Image
    heading: str = ""
    below: Sequence[int] = ()

    @property
    def ratio(self) -> int:
        """The shape of the tile in hundredths of width : height, rounded."""
        if not (self.image.width and self.image.height):
            return 100
        ratio = round(100 * self.image.width / self.image.height / STEP) * STEP
        return min(max(ratio, NARROWEST), WIDEST)

    @property
    def wide(self) -> bool:
        """True if the preview is offered, too."""
        return self.ratio >= WIDE

    @property
    def shown_width(self) -> int:
        """The approximate width in a window, in pixels; see the row heights in static/css/rows.css."""
        return 2 * self.ratio

    @property
    def phone_width(self) -> int:
        """The approximate width on a phone."""
        return round(1.2 * self.ratio)

    @property
    def alt(self) -> str:
        """The text alternative: the name of the file and the date."""
        day = day_of(self.image)
        name = f"{self.image.name}, {_day_text(day, get_language())}" if day else self.image.name
        return f"{name}. {self.stack_label}" if self.below else name

    @property
    def short_heading(self) -> str:
        """The heading for a narrow photo."""
        day = day_of(self.image)
        return short_month(day) if self.heading and day else self.heading

    @property
    def stack_label(self) -> str:
        """The number of photos for which the tile stands, in words."""
        count = 1 + len(self.below)
        text = ngettext(
            "%(count)s similar photo, shown as one", "%(count)s similar photos, shown as one", count
        )
        return text % {"count": intcomma(count)}


@dataclass(frozen=True, slots=True)
class TileDay:
    """The photos of one day, or those without a date. `month` is set on the first day of a month.

    short_label, short_month: for a narrow photo.
    """

    key: str
    label: str
    short_label: str
    month: str
    short_month: str
    month_key: str
    tiles: Sequence[Tile]

    @property
    def headed(self) -> bool:
        """True if there is a name above the first photo."""
        return bool(self.month or self.label)


@dataclass(frozen=True, slots=True)
class TilePage:
    """A page of a grid: `after` is its own cursor, `next_cursor` is empty on the last page.

    context_query is added to the address of each photo.
    """

    tiles: Sequence[Tile] = field(default_factory=list)
    after: str = ""
    next_cursor: str = ""
    context_query: str = ""
    selectable: bool = True

    @property
    def has_stacks(self) -> bool:
        """True if a tile stands for several photos."""
        return any(tile.below for tile in self.tiles)


def tile_page(
    images: ImageQuerySet,
    order: Order,
    *,
    cursor: str,
    context_query: str = "",
    selectable: bool = True,
) -> TilePage:
    """Return the page of `images` after a cursor, or the first one if there is no such cursor.

    Photos in an order of time have headings of months. selectable: with checkboxes, and the photos of a
    stack as one tile.
    """
    shown = images.only(*COLUMNS)
    if selectable:
        shown = shown.stacks_as_one()
    try:
        page = page_of(shown, order, cursor=cursor, limit=PAGE_SIZE)
    except InvalidCursor:
        cursor, page = "", page_of(shown, order, cursor="", limit=PAGE_SIZE)
    below = stacks_below(images, [row.pk for row in page.rows]) if selectable else {}
    months = order[0].field == "captured_at"
    month_before = _month(page.after[0]) if months and page.after else ""
    return TilePage(
        tiles=_tiles(page.rows, month_before, below, months=months),
        after=cursor,
        next_cursor=page.cursor,
        context_query=context_query,
        selectable=selectable,
    )


def tile_days(images: Iterable[Image], among: ImageQuerySet, *, month_continues: bool) -> list[TileDay]:
    """Group photos in the order of the timeline by day, each with those of its stack in `among`.

    month_continues: the first day does not begin it.
    """
    images = list(images)
    below = stacks_below(among, [image.pk for image in images])
    days = []
    month_before: str | None = None
    for day, rows in groupby(images, key=day_of):
        month_key = f"{day:%Y-%m}" if day else "none"
        begins = month_before != month_key and not (month_before is None and month_continues)
        days.append(
            TileDay(
                key=day.isoformat() if day else "none",
                label=day_label(day),
                short_label=_short_day(day),
                month=month_label(day) if begins else "",
                short_month=short_month(day) if begins else "",
                month_key=month_key,
                tiles=[Tile(image, below=below.get(image.pk, ())) for image in rows],
            )
        )
        month_before = month_key
    return days


def month_label(day: date | None) -> str:
    """Return the heading of a month."""
    return format_date(day, "YEAR_MONTH_FORMAT") if day else str(NO_DATE)


def day_label(day: date | None) -> str:
    """Return the label of a day, which is empty for photos without a date."""
    if day is None:
        return ""
    return gettext("%(weekday)s, %(day)s") % {
        "weekday": format_date(day, "D"),
        "day": format_date(day, "MONTH_DAY_FORMAT"),
    }


def short_month(day: date | None) -> str:
    """Return the heading of a month for a narrow photo."""
    if day is None:
        return str(NO_DATE)
    return gettext("%(month)s %(year)s") % {"month": format_short_month(day), "year": format_date(day, "Y")}


def _short_day(day: date | None) -> str:
    """Return the label of a day for a narrow photo, below the name of its month."""
    if day is None:
        return ""
    return gettext("%(weekday)s %(day)s") % {
        "weekday": format_date(day, "D"),
        "day": format_date(day, "j"),
    }


@lru_cache(maxsize=2048)
def _day_text(day: date, _language: str | None) -> str:
    """Return a day as a text; most photos of a page are of few days."""
    return format_date(day, "DATE_FORMAT")


def _tiles(
    images: Sequence[Image], month: str, below: Mapping[int, Sequence[int]], *, months: bool
) -> list[Tile]:
    names = [_month(image.captured_at) if months else "" for image in images]
    return [
        Tile(
            image,
            heading=names[at] if names[at] != (names[at - 1] if at else month) else "",
            below=below.get(image.pk, ()),
        )
        for at, image in enumerate(images)
    ]


def _month(moment: datetime | None) -> str:
    return month_label(moment.date() if moment else None)
