"""The bar under a grid of photos, with actions on the selected ones."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse

from albums.models import Album
from albums.querysets import AlbumQuerySet
from albums.services.arranging.marks import Mark
from albums.services.arranging.smart_albums import filled_by_hand

# Albums in the list of the bar.
ALBUM_CHOICES = 500


@dataclass(frozen=True, slots=True)
class SelectionBar:
    """The actions on the photos of a page.

    ids_url: returns the ids of all photos of the list, also those not loaded yet. choices: albums to add to.
    adds, bins, removes, covers, marks: the actions beside downloading. favourites, archived: the list is one
    of those, and so is left by a photo without the mark. timeline: it is left by an archived photo. fills:
    the album that the selected photos go to, which is then the only action.
    """

    ids_url: str
    choices: AlbumQuerySet
    album: Album | None = None
    adds: bool = True
    bins: bool = True
    removes: bool = False
    covers: bool = False
    marks: bool = True
    favourites: bool = False
    archived: bool = False
    timeline: bool = False
    fills: Album | None = None

    @property
    def archive_act(self) -> str:
        """The name of the action for the script: whether an archived photo leaves the list."""
        return "unmark" if self.timeline else "mark"

    @property
    def shown_choices(self) -> Collection[str]:
        """The names of the albums in the list."""
        return self.choices.values_list("name", flat=True)[:ALBUM_CHOICES]


def library_bar(user: User) -> SelectionBar:
    """Return the bar for the timeline of the user."""
    return SelectionBar(ids_url=reverse("albums:timeline_ids"), choices=_choices(user), timeline=True)


def choosing_bar(album: Album) -> SelectionBar:
    """Return the bar for the timeline in which photos are selected for an album."""
    return SelectionBar(
        ids_url=reverse("albums:timeline_ids"),
        choices=Album.objects.none(),
        adds=False,
        bins=False,
        marks=False,
        fills=album,
    )


def list_bar(user: User, *, query: str, marks: Collection[str] = ()) -> SelectionBar:
    """Return the bar for a list of photos of the user.

    query: names the list, as in the address of each photo. marks: those that all photos of the list have.
    """
    return SelectionBar(
        ids_url=reverse("albums:list_ids") + query,
        choices=_choices(user),
        favourites=Mark.FAVOURITE in marks,
        archived=Mark.ARCHIVED in marks,
    )


def album_bar(user: User, album: Album, *, editable: bool, by_hand: bool) -> SelectionBar:
    """Return the bar for an album. editable: by this user. by_hand: not a smart album."""
    return SelectionBar(
        ids_url=f"{reverse('albums:list_ids')}?album={album.pk}",
        choices=_choices(user).exclude(pk=album.pk),
        album=album,
        adds=editable,
        bins=editable,
        removes=editable and by_hand,
        covers=album.owner_id == user.pk,
    )


def _choices(user: User) -> AlbumQuerySet:
    return filled_by_hand(Album.objects.editable_by(user)).order_by("name")
