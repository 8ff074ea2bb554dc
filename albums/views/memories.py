"""Memories: photos of a day in earlier years."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from albums.date_formats import format_date
from albums.http.current_user import current_user
from albums.http.decorators import cacheable_page_view
from albums.services.arranging.memories import MemoryYear, day_of_text, memories_of
from albums.views.tiles import Tile

NAMES_SHOWN = 3
# In which the 29th of February can be picked.
LEAP_YEAR = 2024


@cacheable_page_view
def memories(request: HttpRequest) -> HttpResponse:
    """Show the photos of today in earlier years, or of ?day= (12-25)."""
    today = timezone.localdate()
    wanted = day_of_text(request.GET.get("day", "")) or today
    found = memories_of(current_user(request), wanted)
    context = {
        "day": day_text(found.day),
        "today": (wanted.month, wanted.day) == (today.month, today.day),
        "picked": f"{LEAP_YEAR if wanted.day == 29 else today.year}-{wanted:%m-%d}",
        "years": [(year, [Tile(image) for image in year.images]) for year in found.years],
        "previous": found.previous and (f"{found.previous:%m-%d}", day_text(found.previous)),
        "following": found.following and (f"{found.following:%m-%d}", day_text(found.following)),
    }
    return render(request, "albums/memories.html", context)


def memory_cards(years: list[MemoryYear]) -> list[dict[str, object]]:
    """Return the cards above the timeline: each a year with a picture and a few names."""
    return [
        {
            "year": year,
            "image": year.images[0],
            "names": year.names[:NAMES_SHOWN],
            "others": max(0, len(year.names) - NAMES_SHOWN),
        }
        for year in years
        if year.images
    ]


def day_text(day: date) -> str:
    """Return a day without its year."""
    return format_date(day, "MONTH_DAY_FORMAT")
