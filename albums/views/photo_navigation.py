"""The list that a photo is viewed in: its neighbours, and the page that Escape returns to.

A query parameter names it: /photos/7/?album=3 is photo 7 in album 3. Without one it is all photos.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from albums.extensions import provided
from albums.models import Album, Image
from albums.ordering import ALBUM_ORDERS, NEWEST_FIRST, Order
from albums.querysets import ImageQuerySet
from albums.services.core.row_ids import row_id
from albums.services.searching.search import MAX_CHIPS, Search, search_chips, search_images, search_of


@dataclass(frozen=True, slots=True)
class PhotoList:
    """images: all photos of the list, in any order; `order` is the one in which they are shown.

    label, back_url: the page of the list. query: what is added to the address of each photo in it. album: if
    the list is one.
    """

    images: ImageQuerySet
    label: str
    back_url: str
    query: str = ""
    order: Order = NEWEST_FIRST
    album: Album | None = None


PhotoListSource = Callable[[User, str], PhotoList | None]
"""Takes the user and the parameter's value; returns None when the user has no such list."""


def photo_list(request: HttpRequest, user: User, image: Image) -> PhotoList:
    """The list that the address names, if `image` is in it; or else all photos of the one who looks."""
    for found in named_lists(request, user):
        if found.images.filter(pk=image.pk).exists():
            return found
    return PhotoList(
        images=Image.objects.owned_by(user).ready().filter(archived=image.archived),
        label=gettext("Archive") if image.archived else gettext("Photos"),
        back_url=f"{reverse('albums:search')}?is=archived" if image.archived else reverse("albums:photos"),
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
        images=Image.objects.in_album(album),
        label=album.name,
        back_url=reverse("albums:album", args=[album.pk]),
        query=f"?album={album.pk}",
        order=ALBUM_ORDERS[album.sort],
        album=album,
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


def turns_of(*keys: int | None) -> dict[int | None, int]:
    """Return the turns of these photos by id, which the addresses of their pictures name."""
    return dict(Image.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "turns"))
