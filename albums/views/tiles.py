"""Photos as a justified grid: tiles with month headings, the same for all, an album, or a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format

from albums.models import Image, Rendition
from albums.querysets import ImageQuerySet

PAGE_SIZE = 60
MAX_PAGE = 100_000
NO_DATE = "Without a date"
# The shapes that static/css/ratios.css knows, in hundredths of width : height.
NARROWEST, WIDEST, STEP = 40, 300, 5


@dataclass(frozen=True, slots=True)
class Tile:
    """A photo in the grid. `heading` is set on the first of a month, `ends_month` on the last."""

    image: Image
    ratio: int
    width: int | None
    height: int | None
    alt: str
    heading: str
    ends_month: bool


@dataclass(frozen=True, slots=True)
class TilePage:
    """One page of a grid; `next_number` is None on the last. `context_query` goes on to each photo."""

    tiles: Sequence[Tile] = field(default_factory=list)
    number: int = 1
    next_number: int | None = None
    context_query: str = ""
    selectable: bool = True


def page_number(text: str | None) -> int:
    """Read ?page=; anything that is no page number means the first page."""
    if text and text.isascii() and text.isdigit():
        return min(max(int(text[:9]), 1), MAX_PAGE)
    return 1


def tile_page(
    images: ImageQuerySet,
    *,
    number: int,
    context_query: str = "",
    selectable: bool = True,
    months: bool = True,
) -> TilePage:
    """Return page `number` of `images`, in two queries.

    One photo more on each side is read: the one before tells whether the month goes on from the page before,
    the one after whether there is a next page. Without `months` there are no headings.
    """
    start = (number - 1) * PAGE_SIZE
    before = 1 if start else 0
    rows = list(images.prefetch_renditions(Rendition.Kind.THUMBNAIL)[start - before : start + PAGE_SIZE + 1])
    month_before = _month(rows[0]) if before and rows and months else ""
    rows = rows[before:]
    return TilePage(
        tiles=_tiles(rows[:PAGE_SIZE], month_before, months=months),
        number=number,
        next_number=number + 1 if len(rows) > PAGE_SIZE else None,
        context_query=context_query,
        selectable=selectable,
    )


def _tiles(images: Sequence[Image], month: str, *, months: bool) -> list[Tile]:
    names = [_month(image) if months else "" for image in images]
    tiles = []
    for at, image in enumerate(images):
        size = _size(image.renditions.all()) or _size([image])
        ratio = round(100 * size[0] / size[1] / STEP) * STEP if size else 100
        tiles.append(
            Tile(
                image=image,
                ratio=min(max(ratio, NARROWEST), WIDEST),
                width=size[0] if size else None,
                height=size[1] if size else None,
                alt=_alt(image),
                heading=names[at] if names[at] != (names[at - 1] if at else month) else "",
                ends_month=at + 1 < len(images) and names[at + 1] != names[at],
            )
        )
    return tiles


def _month(image: Image) -> str:
    return date_format(timezone.localtime(image.captured_at), "F Y") if image.captured_at else NO_DATE


def _alt(image: Image) -> str:
    if image.captured_at is None:
        return image.name
    return f"{image.name}, {date_format(timezone.localtime(image.captured_at), 'j F Y')}"


def _size(candidates: Iterable[Image | Rendition]) -> tuple[int, int] | None:
    for one in candidates:
        if one.width and one.height:
            return one.width, one.height
    return None
