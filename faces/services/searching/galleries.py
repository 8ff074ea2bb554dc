"""Look-alike galleries: albums whose named people others may compare faces with.

The owner marks an album as a gallery. Its members, and visitors with a link that allows it, see the named
people in the owner's own photos of this album, and search among them alone.
"""

from collections.abc import Collection
from typing import BinaryIO

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, F

from albums.exceptions import TooManyAttempts, TooManySearches
from albums.models import Album, AlbumImage, ShareLink
from albums.querysets import AlbumQuerySet
from albums.services.arranging.share_links import lookalike_check
from albums.services.arranging.smart_albums import albums_fill
from albums.services.core.throttling import Limit, attempt_count
from faces.exceptions import NotThere
from faces.models import Face
from faces.services.searching.lookalike import LookalikeResult, lookalikes

PER_ADDRESS = Limit(most=60, drain_seconds=10, first_wait=600, longest_wait=600)
PER_LINK = Limit(most=600, drain_seconds=1, first_wait=600, longest_wait=600)
"""Searches of visitors in ten minutes: each takes the server a quarter of a second."""


def galleries_visible(user: User | AnonymousUser) -> AlbumQuerySet:
    """Return the galleries that a user may search: own and shared ones."""
    return Album.objects.visible_to(user).galleries()


def gallery_get(user: User | AnonymousUser, pk: int) -> Album:
    """Return a gallery with its current photos. Raises NotThere for one that the user may not see."""
    gallery = galleries_visible(user).select_related("owner").filter(pk=pk).first()
    if gallery is None:
        raise NotThere
    albums_fill([gallery.pk])
    return gallery


def gallery_face(gallery: Album, pk: int) -> Face:
    """Return a face of a gallery with its photo and person. Raises NotThere for any other face."""
    faces = Face.objects.in_gallery(gallery.pk).select_related("image", "person")
    face = faces.filter(pk=pk).first()
    if face is None:
        raise NotThere
    return face


def gallery_people_counts(gallery_ids: Collection[int]) -> dict[int, int]:
    """Return the number of people in each gallery; galleries without people are left out."""
    shown = AlbumImage.objects.filter(
        album_id__in=gallery_ids,
        album__gallery=True,
        album__owner_id=F("image__owner_id"),
        image__faces__dismissed=False,
        image__faces__binned=False,
        image__faces__person__hidden=False,
        image__faces__person__name__gt="",
    )
    counted = shown.values("album_id").annotate(people=Count("image__faces__person", distinct=True))
    return dict(counted.values_list("album_id", "people"))


def visitor_lookalikes(
    *, link: ShareLink, picture: BinaryIO, face_index: int | None, people: int, address: str
) -> LookalikeResult:
    """Search the gallery of a share link, for a visitor at this address.

    Raises LinkWithoutLookalike, TooManySearches, and what `lookalikes` raises.
    """
    lookalike_check(link)
    try:
        attempt_count(f"lookalike:{link.pk}:address:{address}", PER_ADDRESS)
        attempt_count(f"lookalike:{link.pk}", PER_LINK)
    except TooManyAttempts as error:
        raise TooManySearches(seconds=error.seconds) from error
    albums_fill([link.album_id])
    return lookalikes(
        user=AnonymousUser(),
        picture=picture,
        face_index=face_index,
        people=people,
        faces=0,
        gallery=link.album,
    )
