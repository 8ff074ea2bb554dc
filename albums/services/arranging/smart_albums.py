"""Albums that fill themselves: which they are, and bringing them up to date before somebody looks.

Each app registers its own kind, so that an album can follow people without this app knowing any.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from albums.models import Album
from albums.querysets import AlbumQuerySet


@dataclass(frozen=True, slots=True)
class Filler:
    """One kind of album that fills itself.

    albums: the ids of all of this kind, as a query of one column. fill: puts in and takes out what the rule
    of each of these albums says, in a fixed number of statements; calling it again changes nothing.
    """

    albums: Callable[[], QuerySet[Any, int]]
    fill: Callable[[Iterable[int]], None]


_fillers: list[Filler] = []


def register(filler: Filler) -> None:
    """Add a kind. Called from `AppConfig.ready`; twice is once."""
    if filler not in _fillers:
        _fillers.append(filler)


def albums_fill(album_ids: Iterable[int]) -> set[int]:
    """Bring those of these albums that fill themselves up to date, and return which they are."""
    ids = list(album_ids)
    filled: set[int] = set()
    for filler in _fillers:
        mine = set(
            Album.objects.filter(pk__in=filler.albums()).filter(pk__in=ids).values_list("pk", flat=True)
        )
        if mine:
            filler.fill(mine)
        filled |= mine
    return filled


def fills_itself(album: Album) -> bool:
    """Whether photos come and go there by a rule, and so not by hand."""
    return any(
        Album.objects.filter(pk__in=filler.albums()).filter(pk=album.pk).exists() for filler in _fillers
    )


def filled_by_hand(albums: AlbumQuerySet) -> AlbumQuerySet:
    """Those of `albums` that do not fill themselves: the ones that photos can be added to."""
    for filler in _fillers:
        albums = albums.exclude(pk__in=filler.albums())
    return albums
