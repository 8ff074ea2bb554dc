"""What the bar under a grid of photos offers to do with those that are ticked."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse

from albums.models import Album
from albums.querysets import AlbumQuerySet
from albums.services.arranging.smart_albums import filled_by_hand

# More albums than this are not offered in the list under the grid.
ALBUM_CHOICES = 500


@dataclass(frozen=True, slots=True)
class SelectionBar:
    """ids_url: gives the ids of all photos of the page's list, also of those that are not in the page yet.

    choices: albums to add to. album: the one whose page it is. adds, bins, removes, covers: which buttons
    there are; downloading is for everybody who sees the photos.
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
        """The albums to add to, as many as a list may have."""
        return self.choices[:ALBUM_CHOICES]


def library_bar(user: User, *, query: str = "") -> SelectionBar:
    """For photos that are all the account's own. `query` names their list as in the address of each photo."""
    url = reverse("albums:list_ids") + query if query else reverse("albums:timeline_ids")
    return SelectionBar(ids_url=url, choices=_choices(user))


def album_bar(user: User, album: Album, *, editable: bool, by_hand: bool) -> SelectionBar:
    """For an album's page. editable: may be changed by this account. by_hand: it does not fill itself."""
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
