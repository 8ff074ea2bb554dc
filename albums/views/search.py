"""The search: one box, chips, and the photos that fit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from albums.http.current_user import current_user
from albums.services.searching.search import (
    MOST_CHIPS,
    Chip,
    Choice,
    Search,
    Suggested,
    search_chips,
    search_images,
    search_of,
    search_suggested,
)
from albums.views.photo_navigation import PhotoList
from albums.views.selection_bar import library_bar
from albums.views.tiles import page_number, taken_out, tile_page


@dataclass(frozen=True, slots=True)
class ShownChip:
    """A chip of the search with the address of the same search without it."""

    name: str
    icon: str
    choice: Choice
    without_url: str


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """Something to choose, with the address of the search that has it as a chip."""

    choice: Choice
    url: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """The choices of one part."""

    name: str
    heading: str
    icon: str
    choices: Iterable[ShownChoice]


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The photos that fit `?q=` and the chips. htmx asks for further pages, and gets the tiles alone."""
    user = current_user(request)
    asked = search_of(_given(request))
    chips = search_chips(asked, user)
    images = search_images(asked, user, chips)
    page = tile_page(
        images,
        number=page_number(request.GET.get("page")),
        taken_out=taken_out(request.GET.get("less")),
        context_query=_context(asked),
    )
    if request.headers.get("HX-Request"):
        return render(request, "albums/_tiles.html", {"page": page})
    context: dict[str, Any] = {
        "asked": asked,
        "chips": [_shown_chip(asked, chip) for chip in chips],
        "page": page,
        "bar": library_bar(user, query=_context(asked)),
        "photo_count": 0 if asked.empty else images.order_by().count(),
        "groups": _shown_groups(asked, search_suggested(asked, user)),
    }
    return render(request, "albums/search.html", context)


@login_required
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What the words typed so far may be the beginning of: a piece of a page, for the list below the box."""
    asked = search_of(_given(request))
    groups = _shown_groups(asked, search_suggested(asked, current_user(request)))
    return render(request, "albums/_search_suggestions.html", {"asked": asked, "groups": groups})


def search_photos(user: User, text: str) -> PhotoList | None:
    """The photos of the search that stands in `?search=`, for the arrows of the viewer."""
    asked = search_of(parse_qs(text, max_num_fields=MOST_CHIPS))
    if asked.empty:
        return None
    return PhotoList(
        images=search_images(asked, user, search_chips(asked, user)),
        label=gettext("Search"),
        back_url=_address(asked),
        query=_context(asked),
    )


def _context(asked: Search) -> str:
    return "?" + urlencode({"search": asked.query})


def _given(request: HttpRequest) -> Mapping[str, list[str]]:
    return {name: request.GET.getlist(name) for name in request.GET}


def _address(asked: Search) -> str:
    query = asked.query
    return f"{reverse('albums:search')}?{query}" if query else reverse("albums:search")


def _shown_chip(asked: Search, chip: Chip) -> ShownChip:
    without = asked.without_chip(chip.part.name, chip.choice.value)
    return ShownChip(chip.part.name, chip.part.icon, chip.choice, _address(without))


def _shown_groups(asked: Search, found: Iterable[Suggested]) -> list[ShownGroup]:
    return [
        ShownGroup(
            one.part.name,
            str(one.part.heading),
            one.part.icon,
            [
                ShownChoice(choice, _address(asked.with_chip(one.part.name, choice.value, text=one.rest)))
                for choice in one.choices
            ],
        )
        for one in found
    ]
