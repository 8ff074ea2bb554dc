"""The list that a photo is viewed in: its neighbours, and the page that Escape returns to.

A query parameter names it: /photos/7/?album=3 is photo 7 in album 3. Without one it is all photos.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from django.contrib.auth.models import User
from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from albums.extensions import provided
from albums.models import Album, Image
from albums.querysets import ImageQuerySet
from albums.services.core.row_ids import row_id
from albums.services.searching.search import MAX_CHIPS, Search, search_chips, search_images, search_of


@dataclass(frozen=True, slots=True)
class Key:
    """A column that a list is ordered by. Rows without a value (`nullable`) are last, whichever way."""

    column: str
    descending: bool = True
    nullable: bool = False


Order = Sequence[Key]

NEWEST_FIRST: Order = (Key("captured_at", nullable=True), Key("added_at"), Key("pk"))
"""Image.Meta.ordering: the order of the grid."""

ALBUM_ORDERS: dict[str, Order] = {
    Album.Sort.NEWEST: NEWEST_FIRST,
    Album.Sort.OLDEST: (
        Key("captured_at", descending=False, nullable=True),
        Key("added_at", descending=False),
        Key("pk", descending=False),
    ),
    Album.Sort.NAME: (Key("source_path", descending=False), Key("pk", descending=False)),
    Album.Sort.ADDED: (Key("put_in_at"), Key("pk")),
}


@dataclass(frozen=True, slots=True)
class PhotoList:
    """images: all photos of the list, in any order; `order` is the one in which they are shown.

    label, back_url: the page of the list. query: what is added to the address of each photo in it.
    """

    images: ImageQuerySet
    label: str
    back_url: str
    query: str = ""
    order: Order = NEWEST_FIRST


PhotoListSource = Callable[[User, str], PhotoList | None]
"""Takes the user and the parameter's value; returns None when the user has no such list."""


def photo_list(request: HttpRequest, user: User, image: Image) -> PhotoList:
    """The list that the address names, if `image` is in it; or else all photos of the one who looks."""
    for found in named_lists(request, user):
        if found.images.filter(pk=image.pk).exists():
            return found
    return PhotoList(
        images=Image.objects.owned_by(user).ready(),
        label=gettext("Photos"),
        back_url=reverse("albums:photos"),
    )


def named_lists(request: HttpRequest, user: User) -> Iterator[PhotoList]:
    """The lists that the address names and that there are for this account; usually one."""
    sources = [("album", _album), ("search", _search), *provided(lambda app: app.photo_lists.items())]
    for parameter, source in sources:
        given = request.GET.get(parameter, "")
        found = source(user, given) if given else None
        if found is not None:
            yield found


def _album(user: User, value: str) -> PhotoList | None:
    album = Album.objects.visible_to(user).filter(pk=row_id(value) or 0).first()
    if album is None:
        return None
    return PhotoList(
        images=Image.objects.in_album(album).annotate(put_in_at=F("entries__added_at")),
        label=album.name,
        back_url=reverse("albums:album", args=[album.pk]),
        query=f"?album={album.pk}",
        order=ALBUM_ORDERS.get(album.sort, NEWEST_FIRST),
    )


def _search(user: User, value: str) -> PhotoList | None:
    search = search_of(parse_qs(value, max_num_fields=MAX_CHIPS))
    if search.empty:
        return None
    return PhotoList(
        images=search_images(search, user, search_chips(search, user)),
        label=gettext("Search"),
        back_url=search_url(search),
        query=search_context(search),
    )


def search_context(search: Search) -> str:
    """Return the query string that names the photos of a search as a list."""
    return "?" + urlencode({"search": search.query})


def search_url(search: Search) -> str:
    """Return the URL of a search."""
    return f"{reverse('albums:search')}?{search.query}".removesuffix("?")


def neighbours(
    among: ImageQuerySet, image: Image, order: Order = NEWEST_FIRST
) -> tuple[int | None, int | None]:
    """Return the ids of the photos before and after `image` in a list in this order.

    Each is found from where `image` is in the order's index, however long the list is. A photo that is not
    in the list has no neighbours there.
    """
    columns = [key.column for key in order]
    row = among.filter(pk=image.pk).values_list(*columns).first()
    if row is None:
        return None, None
    values = dict(zip(columns, row, strict=True))
    return _next(among, order, values, backwards=True), _next(among, order, values, backwards=False)


def _next(among: ImageQuerySet, order: Order, values: dict[str, object], *, backwards: bool) -> int | None:
    """The nearest row beyond these values, looked for in the same part of the index first."""
    first = order[0]
    ordered = among.order_by(*(_column(key, backwards=backwards) for key in order))
    has_none = values[first.column] is None
    # A range of the index's first column: from here on, or all that have no value.
    side = (
        Q(**{first.column: None})
        if has_none
        else Q(**{f"{first.column}__{_sign(first, backwards=backwards)}e": values[first.column]})
    )
    beyond = ordered.filter(side, _beyond(order, values, backwards=backwards))
    found = beyond.values_list("pk", flat=True).first()
    if found is None and first.nullable and has_none == backwards:
        # The part beyond: those without a value when going on, those with one when going back.
        other = ordered.filter(**{f"{first.column}__isnull": not backwards})
        found = other.values_list("pk", flat=True).first()
    return found


def _beyond(order: Order, values: dict[str, object], *, backwards: bool) -> Q:
    condition = Q(pk__in=())
    same = Q()
    for key in order:
        value = values[key.column]
        if value is not None:
            condition |= same & Q(**{f"{key.column}__{_sign(key, backwards=backwards)}": value})
        same &= Q(**{key.column: value})
    return condition


def _sign(key: Key, *, backwards: bool) -> str:
    """The lookup for what is beyond a value; with an "e" behind it includes the value."""
    return "lt" if key.descending != backwards else "gt"


def _column(key: Key, *, backwards: bool) -> OrderBy:
    column = F(key.column)
    descending = key.descending != backwards
    if not key.nullable:
        return column.desc() if descending else column.asc()
    # Last when going on is first when going back.
    nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    return column.desc(**nulls) if descending else column.asc(**nulls)
