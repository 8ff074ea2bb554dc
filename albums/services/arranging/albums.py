"""Create, change, fill and empty albums."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from albums.exceptions import AlbumFillsItself, AlbumNameTaken
from albums.models import Album, AlbumImage, AlbumMember, Image
from albums.services.arranging.smart_albums import fills_itself

# A removal can be undone for so long. Its proof is signed, since editors may remove photos of others.
UNDO_SECONDS = 3600
UNDO_SALT = "albums.taken-out"


def album_create(*, owner: User, name: str) -> Album:
    """Create an album. Raises ValidationError for an invalid name, AlbumNameTaken for another album's."""
    album = Album(owner=owner, name=name.strip())
    _save(album)
    return album


def album_get_or_create(*, owner: User, name: str) -> Album:
    """Return the owner's album of this name, or create it. Raises ValidationError for an invalid name."""
    Album(owner=owner, name=name).clean_fields()
    album, _created = Album.objects.get_or_create(owner=owner, name=name)
    return album


def album_change(
    *, album: Album, name: str, description: str, sort: str, gallery: bool | None = None
) -> Album:
    """Change the name, description, order and kind of an album. Raises ValidationError, AlbumNameTaken.

    gallery: True for a look-alike gallery; None leaves it as it is.
    """
    album.name, album.description, album.sort = name.strip(), description.strip(), sort
    album.gallery = album.gallery if gallery is None else gallery
    _save(album, update_fields=["name", "description", "sort", "gallery"])
    return album


def _save(album: Album, *, update_fields: list[str] | None = None) -> None:
    album.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            album.save(update_fields=update_fields)
    except IntegrityError as error:
        # The only constraint: the name, which another request may have taken a moment ago.
        raise AlbumNameTaken from error


def album_choose_cover(*, album: Album, image: Image | None) -> None:
    """Set the cover of an album; None for its newest photo.

    Raises ValidationError when the photo is not in the album.
    """
    if image is not None and not Image.objects.in_album(album).filter(pk=image.pk).exists():
        raise ValidationError(_("This photo is not in the album."), code="not_inside")
    album.cover = image
    album.save(update_fields=["cover"])


def album_delete(*, album: Album) -> None:
    """Delete an album, but not its photos."""
    album.delete()


@transaction.atomic
def album_add_images(*, album: Album, images: Iterable[Image], by: User | None = None) -> int:
    """Add photos of `by`, by default the owner, and skip those of others; returns how many are new.

    Raises PermissionDenied when `by` may not add to the album, and AlbumFillsItself for a smart album.
    """
    adder_id = album.owner_id if by is None else by.pk
    if not may_edit(album, adder_id):
        raise PermissionDenied
    return _add(album, [image for image in images if image.owner_id == adder_id])


def album_remove_images(*, album: Album, images: Iterable[Image]) -> int:
    """Remove photos from an album, but not from the library; returns how many were in it.

    Raises AlbumFillsItself for a smart album.
    """
    if fills_itself(album):
        raise AlbumFillsItself
    ids = [image.pk for image in images]
    removed, _by_table = album.entries.filter(image_id__in=ids).delete()
    return removed


def taken_out_proof(*, album: Album, image_ids: Iterable[int], by: User) -> str:
    """Return the proof for `album_put_back` that this account removed these photos from this album."""
    return signing.dumps(
        {"album": album.pk, "images": list(image_ids), "by": by.pk}, salt=UNDO_SALT, compress=True
    )


@transaction.atomic
def album_put_back(*, album: Album, proof: str, by: User) -> int:
    """Undo a removal from an album; returns how many photos were added again.

    Raises ValidationError for a proof that is wrong or too old, and AlbumFillsItself for a smart album.
    """
    too_late = ValidationError(_("This can no longer be undone."), code="too_late")
    try:
        removal = signing.loads(proof, salt=UNDO_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature as error:
        raise too_late from error
    if (removal["album"], removal["by"]) != (album.pk, by.pk) or not may_edit(album, by.pk):
        raise too_late
    # An editor who left the album meanwhile took their photos out.
    allowed = [album.owner_id, *editor_ids(album)]
    return _add(album, Image.objects.filter(pk__in=removal["images"], owner_id__in=allowed).only("pk"))


def _add(album: Album, images: Iterable[Image]) -> int:
    if fills_itself(album):
        raise AlbumFillsItself
    before = album.entries.count()
    entries = [AlbumImage(album=album, image=image) for image in images]
    AlbumImage.objects.bulk_create(entries, ignore_conflicts=True)
    return album.entries.count() - before


def editor_ids(album: Album) -> list[int]:
    """Return the ids of the accounts that may add to the album, without its owner."""
    editors = album.members.filter(role=AlbumMember.Role.EDITOR)
    return list(editors.values_list("user_id", flat=True))


def may_edit(album: Album, user_id: int) -> bool:
    """Return True for the owner and the editors, who may add and remove photos."""
    return album.owner_id == user_id or user_id in editor_ids(album)
