"""The search page: one box, chips, and the photos that match."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise

from albums.http.current_user import current_user
from albums.http.decorators import cacheable_page_view
from albums.http.htmx import HtmxRequest
from albums.ordering import NEWEST_FIRST
from albums.services.searching.parts import MarkPart
from albums.services.searching.search import (
    Search,
    search_chips,
    search_images,
    search_of,
    search_parts,
    search_suggestions,
    search_with_names,
)
from albums.services.searching.search_part import Choice, SearchPart
from albums.views.photo_navigation import search_context, search_url
from albums.views.selection_bar import list_bar
from albums.views.tiles import tile_page


@dataclass(frozen=True, slots=True)
class Link:
    """A chip or suggestion, and the URL of the search without or with it."""

    name: str
    value: str
    label: str
    icon: str
    picture: str
    gone: bool
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """The suggestions of one part."""

    name: str
    heading: str | Promise
    links: list[Link]


@cacheable_page_view
def search(request: HtmxRequest) -> HttpResponse:
    """Show the photos that match `?q=` and the chips. An htmx request gets the tiles of a further page."""
    user = current_user(request)
    query, parts = search_of(dict(request.GET.lists())), search_parts()
    if not request.htmx and (named := search_with_names(query, user, parts)) != query:
        return redirect(f"{reverse('albums:search')}?{named.query}")
    chips = search_chips(query, user, parts)
    images = search_images(query, user, chips, parts)
    cursor = request.GET.get("after", "")
    page = tile_page(images, NEWEST_FIRST, cursor=cursor, context_query=search_context(query))
    if request.htmx:
        return render(request, "albums/_tiles.html", {"page": page})
    context: dict[str, Any] = {
        "search": query,
        "chips": [
            _link(chip.part, chip.choice, query.without_chip(chip.part.name, chip.choice.value))
            for chip in chips
        ],
        "page": page,
        "bar": list_bar(user, query=search_context(query), marks=query.chips.get(MarkPart.name, ())),
        "photo_count": 0 if query.empty else images.order_by().count(),
        "groups": _groups(query, user, parts),
        "only_mark": _only_mark(query),
    }
    return render(request, "albums/search.html", context)


@cacheable_page_view
def suggestions(request: HttpRequest) -> HttpResponse:
    """Return the choices that the typed words may begin, as a fragment for the list below the search box."""
    query = search_of(dict(request.GET.lists()))
    return render(
        request,
        "albums/_search_suggestions.html",
        {"groups": _groups(query, current_user(request), search_parts())},
    )


def _only_mark(search: Search) -> str:
    """Return the mark if the list is that of all favourites or of the archive; else an empty text."""
    values = search.chips.get(MarkPart.name, ())
    return values[0] if len(values) == 1 and not search.text and len(search.chips) == 1 else ""


def _groups(search: Search, user: User, parts: Sequence[SearchPart]) -> list[Group]:
    return [
        Group(
            found.part.name,
            found.part.heading,
            [
                _link(found.part, choice, search.with_chip(found.part.name, choice.value, text=found.rest))
                for choice in found.choices
            ],
        )
        for found in search_suggestions(search, user, parts)
    ]


def _link(part: SearchPart, choice: Choice, search: Search) -> Link:
    arguments = [choice.picture_id, *([part.picture_kind] if part.picture_kind else [])]
    picture = reverse(part.picture_view, args=arguments) if choice.picture_id else ""
    icon = part.icons.get(choice.value, part.icon)
    return Link(part.name, choice.value, choice.label, icon, picture, choice.gone, search_url(search))
