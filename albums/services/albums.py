"""Albums: made, named, filled, emptied."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction

from albums.models import Album, AlbumImage, Image


def album_create(*, owner: User, name: str) -> Album:
    """A new album. Raises ValidationError when the name is unfit or taken."""
    album = Album(owner=owner, name=name.strip())
    album.full_clean()
    album.save()
    return album


def album_get_or_create(*, owner: User, name: str) -> Album:
    """The owner's album of this name. Raises ValidationError when there is none and the name is unfit."""
    name = name.strip()
    Album(owner=owner, name=name).clean_fields()
    album, _ = Album.objects.get_or_create(owner=owner, name=name)
    return album


def album_rename(*, album: Album, name: str) -> Album:
    """Raises ValidationError when the name is unfit or taken."""
    album.name = name.strip()
    album.full_clean()
    album.save(update_fields=["name"])
    return album


def album_delete(*, album: Album) -> None:
    """The photos in it stay."""
    album.delete()


@transaction.atomic
def album_add_images(*, album: Album, images: Iterable[Image]) -> int:
    """Put photos of the same owner into the album; those of others are left out. Returns how many are new."""
    before = album.entries.count()
    own = [image for image in images if image.owner_id == album.owner_id]
    AlbumImage.objects.bulk_create(
        [AlbumImage(album=album, image=image) for image in own], ignore_conflicts=True
    )
    return album.entries.count() - before


def album_remove_images(*, album: Album, images: Iterable[Image]) -> int:
    """Take photos out of the album; they stay in the library. Returns how many were in it."""
    ids = [image.pk for image in images]
    removed, _ = album.entries.filter(image_id__in=ids).delete()
    return removed
