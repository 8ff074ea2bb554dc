"""Photos of a change that go to the bin, into an album or out of one, and back."""

from collections.abc import Collection

from albums.exceptions import JobCode, JobFailed
from albums.models import Album, Image, PhotoChange
from albums.querysets import AlbumQuerySet, among
from albums.services.arranging.albums import (
    album_add_images,
    album_in_use,
    album_put_back,
    album_remove_images,
)
from albums.services.arranging.smart_albums import filled_by_hand
from albums.services.erasing.bin import bin_deadline, images_bin, images_restore

ALBUM_KINDS = frozenset({PhotoChange.Kind.ALBUM_ADD, PhotoChange.Kind.ALBUM_REMOVE})


def album_open(change: PhotoChange) -> bool:
    """Return True if the owner of a change may add photos to its album and remove them."""
    return _albums_of(change).exists()


def album_of(change: PhotoChange) -> Album:
    """Return the album of a change, locked. Raises JobFailed unless it is open to the owner of the change."""
    album = _albums_of(change).select_for_update(of=("self",), no_key=True).first()
    if album is None:
        raise JobFailed(JobCode.ALBUM_GONE)
    return album


def photos_bin(change: PhotoChange, ids: Collection[int]) -> list[int]:
    """Move photos to the bin, all of a change at the same time; returns the ids of the moved ones."""
    own = Image.objects.filter(among("pk", ids))
    return images_bin(images=own, by=change.owner, at=change.at).image_ids


def photos_unbin(change: PhotoChange, ids: Collection[int]) -> list[int]:
    """Restore those that are in the bin since the change."""
    binned = Image.objects.filter(among("pk", ids), binned_at=change.at, binned_at__gt=bin_deadline())
    return images_restore(images=binned, by=change.owner)


def photos_put_in(change: PhotoChange, ids: Collection[int]) -> list[int]:
    """Add photos to the album of a change; returns the ids of the new ones. Raises JobFailed."""
    images = Image.objects.owned_by(change.owner).filter(among("pk", ids)).only("pk", "owner_id")
    return album_add_images(album=album_of(change), images=images, by=change.owner)


def photos_put_back(change: PhotoChange, ids: Collection[int]) -> list[int]:
    """Add photos of anybody who may add photos to the album of a change again. Raises JobFailed."""
    return album_put_back(album=album_of(change), image_ids=ids)


def photos_take_out(change: PhotoChange, ids: Collection[int]) -> list[int]:
    """Remove photos from the album of a change; returns the ids of the removed ones. Raises JobFailed."""
    return _take_out(album_of(change), ids)


def photos_take_back(change: PhotoChange, ids: Collection[int]) -> list[int]:
    """Remove added photos, and the album if it was created for them, is empty and not shared."""
    album = album_of(change)
    removed = _take_out(album, ids)
    if change.album_created and not album_in_use(album):
        album.delete()
    return removed


def _take_out(album: Album, ids: Collection[int]) -> list[int]:
    images = list(Image.objects.filter(among("pk", ids), entries__album=album).only("pk"))
    album_remove_images(album=album, images=images)
    return [image.pk for image in images]


def _albums_of(change: PhotoChange) -> AlbumQuerySet:
    # 0: it was deleted.
    return filled_by_hand(Album.objects.editable_by(change.owner)).filter(pk=change.album_id or 0)
