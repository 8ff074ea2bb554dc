"""The timeline: a page of all photos by day, its pieces, and the days of the whole library."""

from calendar import monthrange
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control

from albums.http.current_user import current_user
from albums.http.decorators import cacheable_page_view
from albums.models import Album, Image
from albums.querysets import ImageQuerySet
from albums.services.arranging.memories import memories_today
from albums.services.arranging.smart_albums import filled_by_hand
from albums.services.arranging.stacks import with_stacks
from albums.services.arranging.timeline import (
    PIECE,
    DayCount,
    Piece,
    Place,
    day_counts,
    ids_between,
    month_continues,
    photos_at,
    piece_photos,
    pieces_of,
)
from albums.services.core.photo_counts import photo_counts
from albums.services.core.row_ids import row_id, whole_number
from albums.views.memories import memory_cards
from albums.views.selection_bar import choosing_bar, library_bar
from albums.views.tiles import COLUMNS, month_label, tile_days

NO_DAY = "none"
# A piece may have grown since its page was rendered.
MAX_IN_A_PIECE = 10 * PIECE


@cacheable_page_view
def photos(request: HttpRequest) -> HttpResponse:
    """Show the newest photos, or those from ?at= back in time; a script adds further pieces.

    With ?to= they are selected for that album, to which the answer redirects.
    Neither the number of queries nor the rows they read depend on the size of the library.
    """
    user = current_user(request)
    place = _place(request)
    album = _album_to_fill(request, user)
    mine = _mine(request)
    images, following = photos_at(mine.stacks_as_one().only(*COLUMNS), place)
    context = {
        "album": album,
        "days": tile_days(images, mine, month_continues=False),
        "at_newest": place is None,
        "next_url": following and _address(following, album),
        "inside_url": f"{reverse('albums:list_ids')}?album={album.pk}" if album else "",
        "bar": choosing_bar(album) if album else library_bar(user),
        "memories": memory_cards(memories_today(user)) if place is None and album is None else [],
        "has_archived": not images and Image.objects.owned_by(user).filter(archived=True).exists(),
        "unread_count": 0 if images else photo_counts(Image.objects.filter(owner=user)).unread,
    }
    return render(request, "albums/photos.html", context)


@cacheable_page_view
@cache_control(private=True, no_cache=True)
def pieces(request: HttpRequest) -> HttpResponse:
    """Return the layout of the library as JSON.

    pieces: [first day, last day, skip, take, tiles, sum of width : height, days]. months: [key, label, index
    of the piece it begins in, tiles before it in that piece]. A stack of photos is one tile.
    """
    days = day_counts(_mine(request).stacks_as_one())
    found = pieces_of(days)
    rows = [
        [_key(one.first), _key(one.last), one.skip, one.take, one.photos, round(one.shape, 1), one.days]
        for one in found
    ]
    total = sum(day.photos for day in days)
    return JsonResponse({"total": total, "pieces": rows, "months": _months(days, found)})


@cacheable_page_view
@cache_control(private=True, no_cache=True)
def piece(request: HttpRequest) -> HttpResponse:
    """Return the days of a piece as a fragment of the page."""
    place = _place(request)
    if place is None:
        raise Http404("?at= is missing")
    last = _day(request.GET.get("until", ""), default=place.day)
    mine = _mine(request)
    images = mine.stacks_as_one()
    rows = piece_photos(
        images.only(*COLUMNS), first=place.day, last=last, skip=place.skip, take=_number(request, "take")
    )[:MAX_IN_A_PIECE]
    continues = month_continues(images, first=place.day, skip=place.skip)
    return render(request, "albums/_days.html", {"days": tile_days(rows, mine, month_continues=continues)})


@cacheable_page_view
@cache_control(private=True, no_cache=True)
def ids(request: HttpRequest) -> HttpResponse:
    """Return ids as JSON, in the order of the timeline, those of a stack together.

    From ?from= to ?to=, inclusive; of a ?day= or ?month=, "none" for photos without a date; or all.
    """
    mine = _mine(request)
    images = mine.stacks_as_one()
    if span := _span(request):
        newest, oldest = span
        rows = piece_photos(images, first=newest, last=oldest, skip=0, take=0)
        found = with_stacks(mine, rows.values_list("pk", flat=True))
    elif "from" in request.GET or "to" in request.GET:
        tiles = ids_between(images, first=_number(request, "from"), last=_number(request, "to"))
        found = with_stacks(mine, tiles)
    else:
        found = list(mine.values_list("pk", flat=True))
    return JsonResponse({"ids": found})


def _mine(request: HttpRequest) -> ImageQuerySet:
    return Image.objects.owned_by(current_user(request)).in_timeline()


def _album_to_fill(request: HttpRequest, user: User) -> Album | None:
    """Return the album of ?to=. Raises Http404 when the user may not add photos to it."""
    to = request.GET.get("to", "")
    albums = filled_by_hand(Album.objects.editable_by(user))
    return get_object_or_404(albums, pk=row_id(to) or 0) if to else None


def _months(days: list[DayCount], found: list[Piece]) -> list[list[Any]]:
    """Return each month with the piece it begins in."""
    months: list[list[Any]] = []
    starts = iter([(number, one) for number, one in enumerate(found) if not one.skip])
    number, current = next(starts, (0, None))
    left = current.days if current else 0
    before = 0
    for day in days:
        if left == 0:
            number, current = next(starts, (number, current))
            left, before = current.days if current else 0, 0
        key = f"{day.day:%Y-%m}" if day.day else NO_DAY
        if not months or months[-1][0] != key:
            months.append([key, month_label(day.day), number, before])
        before += day.photos
        left -= 1
    return months


def _place(request: HttpRequest) -> Place | None:
    """Read ?at= and ?skip=. Raises Http404 for an invalid day."""
    at = request.GET.get("at", "")
    return Place(_day(at), _number(request, "skip")) if at else None


def _span(request: HttpRequest) -> tuple[date | None, date | None] | None:
    """Return the last and the first day of ?month= or ?day=. Raises Http404 for an invalid one."""
    if month := request.GET.get("month", ""):
        first = _day(month if month == NO_DAY else f"{month}-01")
        return first and first.replace(day=monthrange(first.year, first.month)[1]), first
    if day := request.GET.get("day", ""):
        return _day(day), _day(day)
    return None


def _day(text: str, *, default: date | None = None) -> date | None:
    if not text:
        return default
    if text == NO_DAY:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404("no such day") from error


def _number(request: HttpRequest, name: str) -> int:
    return whole_number(request.GET.get(name)) or 0


def _key(day: date | None) -> str:
    return day.isoformat() if day else NO_DAY


def _address(place: Place, album: Album | None) -> str:
    query: dict[str, str | int] = {"at": _key(place.day)}
    if place.skip:
        query["skip"] = place.skip
    if album:
        query["to"] = album.pk
    return f"{reverse('albums:photos')}?{urlencode(query)}"
