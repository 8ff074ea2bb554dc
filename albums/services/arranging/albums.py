"""Albums: made, named, described, filled, emptied."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from albums.exceptions import AlbumFillsItself
from albums.models import Album, AlbumImage, AlbumMember, Image
from albums.services.arranging.smart_albums import fills_itself

# What was taken out can be put back for so long; the proof of it is signed, for an editor may have taken out
# photos that they cannot see any more.
UNDO_SECONDS = 3600
UNDO_SALT = "albums.taken-out"


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
    album, _made = Album.objects.get_or_create(owner=owner, name=name)
    return album


def album_change(*, album: Album, name: str, description: str, sort: str) -> Album:
    """Name, description and order of the photos. Raises ValidationError when one of them is unfit."""
    album.name, album.description, album.sort = name.strip(), description.strip(), sort
    album.full_clean()
    album.save(update_fields=["name", "description", "sort"])
    return album


def album_choose_cover(*, album: Album, image: Image | None) -> None:
    """Let a photo of the album stand for it; with None it is the newest again.

    Raises ValidationError when the photo is not in the album.
    """
    if image is not None and not Image.objects.in_album(album).filter(pk=image.pk).exists():
        raise ValidationError(_("This photo is not in the album."), code="not_inside")
    album.cover = image
    album.save(update_fields=["cover"])


def album_delete(*, album: Album) -> None:
    """The photos in it stay."""
    album.delete()


@transaction.atomic
def album_add_images(*, album: Album, images: Iterable[Image], by: User | None = None) -> int:
    """Put photos of `by` into the album; those of others are left out. Returns how many are new.

    `by` is the owner, unless given. Raises PermissionDenied when `by` may not add to this album, and
    AlbumFillsItself when nobody may.
    """
    adder_id = album.owner_id if by is None else by.pk
    if not may_edit(album, adder_id):
        raise PermissionDenied
    if fills_itself(album):
        raise AlbumFillsItself
    before = album.entries.count()
    own = [image for image in images if image.owner_id == adder_id]
    AlbumImage.objects.bulk_create(
        [AlbumImage(album=album, image=image) for image in own], ignore_conflicts=True
    )
    return album.entries.count() - before


def album_remove_images(*, album: Album, images: Iterable[Image]) -> int:
    """Take photos out of the album; they stay in the library. Returns how many were in it.

    Raises AlbumFillsItself when the album's rule would put them in again.
    """
    if fills_itself(album):
        raise AlbumFillsItself
    ids = [image.pk for image in images]
    removed, _by_table = album.entries.filter(image_id__in=ids).delete()
    return removed


def taken_out_proof(*, album: Album, image_ids: Iterable[int], by: User) -> str:
    """What `album_put_back` wants to see: that this account took these photos out of this album."""
    return signing.dumps(
        {"album": album.pk, "images": list(image_ids), "by": by.pk}, salt=UNDO_SALT, compress=True
    )


@transaction.atomic
def album_put_back(*, album: Album, proof: str, by: User) -> int:
    """Put back what was just taken out of the album, whosever photos these are. Returns how many came back.

    Raises ValidationError when the proof is of something else or too old, AlbumFillsItself as for adding.
    """
    try:
        said = signing.loads(proof, salt=UNDO_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature as error:
        raise ValidationError(_("This can no longer be undone."), code="too_late") from error
    if said["album"] != album.pk or said["by"] != by.pk or not may_edit(album, by.pk):
        raise ValidationError(_("This can no longer be undone."), code="too_late")
    if fills_itself(album):
        raise AlbumFillsItself
    before = album.entries.count()
    # An editor who left in between took their photos along.
    allowed = [album.owner_id, *editor_ids(album)]
    images = Image.objects.filter(pk__in=said["images"], owner_id__in=allowed).only("pk")
    AlbumImage.objects.bulk_create(
        [AlbumImage(album=album, image=image) for image in images], ignore_conflicts=True
    )
    return album.entries.count() - before


def editor_ids(album: Album) -> list[int]:
    """The accounts that may add to the album beside its owner."""
    editors = album.members.filter(role=AlbumMember.Role.EDITOR)
    return list(editors.values_list("user_id", flat=True))


def may_edit(album: Album, user_id: int) -> bool:
    """Whether this account may add and remove photos: the owner, and the editors."""
    return album.owner_id == user_id or (
        album.members.filter(user_id=user_id, role=AlbumMember.Role.EDITOR).exists()
    )
