"""Smart albums: albums whose photos follow a rule. The rules are provided by other apps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from albums.extensions import provided
from albums.models import Album
from albums.querysets import AlbumQuerySet


@dataclass(frozen=True, slots=True)
class SmartAlbumKind:
    """A kind of smart album.

    albums: the ids of all albums of this kind, as a query of one column. fill: adds and removes photos by
    the rules of these albums, in a fixed number of statements; repeating it changes nothing.
    """

    albums: Callable[[], QuerySet[Any, int]]
    fill: Callable[[Iterable[int]], None]


def albums_fill(album_ids: Iterable[int]) -> set[int]:
    """Update the smart albums among these albums, and return their ids."""
    ids = list(album_ids)
    filled: set[int] = set()
    for kind in provided(lambda app: app.smart_albums):
        found = set(
            Album.objects.filter(pk__in=ids).filter(pk__in=kind.albums()).values_list("pk", flat=True)
        )
        if found:
            kind.fill(found)
        filled |= found
    return filled


def filled_by_hand(albums: AlbumQuerySet) -> AlbumQuerySet:
    """Return those of `albums` that photos can be added to: all but the smart albums."""
    for kind in provided(lambda app: app.smart_albums):
        albums = albums.exclude(pk__in=kind.albums())
    return albums


def fills_itself(album: Album) -> bool:
    """Return True for a smart album, whose photos cannot be added or removed by hand."""
    return not filled_by_hand(Album.objects.filter(pk=album.pk)).exists()
