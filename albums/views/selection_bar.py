"""The bar under a grid of photos, with actions on the selected ones."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse

from albums.models import Album
from albums.querysets import AlbumQuerySet
from albums.services.arranging.smart_albums import filled_by_hand

# Albums in the list of the bar.
ALBUM_CHOICES = 500


@dataclass(frozen=True, slots=True)
class SelectionBar:
    """The actions on the photos of a page.

    ids_url: returns the ids of all photos of the list, also those not loaded yet. choices: albums to add to.
    adds, bins, removes, covers: the actions beside downloading.
    """

    ids_url: str
    choices: AlbumQuerySet
    album: Album | None = None
    adds: bool = True
    bins: bool = True
    removes: bool = False
    covers: bool = False

    @property
    def shown_choices(self) -> AlbumQuerySet:
        """The albums in the list."""
        return self.choices[:ALBUM_CHOICES]


def library_bar(user: User, *, query: str = "") -> SelectionBar:
    """Return the bar for photos of the user. query: names their list, as in the address of each photo."""
    url = reverse("albums:list_ids") + query if query else reverse("albums:timeline_ids")
    return SelectionBar(ids_url=url, choices=_choices(user))


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
