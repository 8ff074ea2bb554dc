"""Create, change, fill and empty albums."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from albums.exceptions import AlbumFillsItself, AlbumNameTaken
from albums.models import Album, AlbumMember, Image
from albums.querysets import among
from albums.services.arranging.smart_albums import fills_itself

# A change can be undone for so long. Its proof is signed, since editors may remove photos of others.
UNDO_SECONDS = 3600
UNDO_SALT = "albums.photos-of-album"


@dataclass(frozen=True, slots=True)
class AlbumUndone:
    """The undone change: whether photos had been added or removed, and their number."""

    added: bool
    photos: int
    album_deleted: bool = False


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
def album_add_images(*, album: Album, images: Iterable[Image], by: User | None = None) -> list[int]:
    """Add photos of `by`, by default the owner, and skip those of others; returns the ids of the new ones.

    Raises PermissionDenied when `by` may not add to the album, and AlbumFillsItself for a smart album.
    """
    adder_id = album.owner_id if by is None else by.pk
    if not may_edit(album, adder_id):
        raise PermissionDenied
    return _add(album, [image.pk for image in images if image.owner_id == adder_id])


def album_remove_images(*, album: Album, images: Iterable[Image]) -> int:
    """Remove photos from an album, but not from the library; returns how many were in it.

    Raises AlbumFillsItself for a smart album.
    """
    return _remove(album, [image.pk for image in images])


def album_undo_proof(
    *, album: Album, image_ids: Iterable[int], by: User, added: bool, created: bool = False
) -> str:
    """Return the proof for `album_undo` that this account added photos to this album, or removed them.

    created: the album was created for them.
    """
    change = {"album": album.pk, "images": list(image_ids), "by": by.pk, "added": added, "created": created}
    return signing.dumps(change, salt=UNDO_SALT, compress=True)


@transaction.atomic
def album_undo(*, album: Album, proof: str, by: User) -> AlbumUndone:
    """Undo that photos were added to an album, or removed from it.

    An album that was created for them is deleted if it is empty then and not shared. Raises ValidationError
    for a proof that is wrong or too old, and AlbumFillsItself for a smart album.
    """
    too_late = ValidationError(_("This can no longer be undone."), code="too_late")
    try:
        change = signing.loads(proof, salt=UNDO_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature as error:
        raise too_late from error
    if (change["album"], change["by"]) != (album.pk, by.pk) or not may_edit(album, by.pk):
        raise too_late
    if not change["added"]:
        return AlbumUndone(added=False, photos=len(album_put_back(album=album, image_ids=change["images"])))
    removed = _remove(album, change["images"])
    deleted = change["created"] and not album_in_use(album)
    if deleted:
        album.delete()
    return AlbumUndone(added=True, photos=removed, album_deleted=deleted)


def album_put_back(*, album: Album, image_ids: Collection[int]) -> list[int]:
    """Add photos again that were removed; returns the ids of the new ones. Raises AlbumFillsItself.

    An editor who left the album meanwhile took their photos out.
    """
    allowed = Image.objects.filter(owner_id__in=[album.owner_id, *editor_ids(album)])
    return _add(album, list(allowed.filter(among("pk", image_ids)).order_by().values_list("pk", flat=True)))


def album_in_use(album: Album) -> bool:
    """Return True for an album with photos, and for a shared one."""
    return album.entries.exists() or album.members.exists() or album.share_links.exists()


def _add(album: Album, ids: Sequence[int]) -> list[int]:
    """Add photos in one statement, which takes a second for 100,000; returns the ids of the new ones."""
    if fills_itself(album):
        raise AlbumFillsItself
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO albums_albumimage (album_id, image_id, added_at) "
            "SELECT %s, image_id, %s FROM unnest(%s::bigint[]) AS new(image_id) "
            "ON CONFLICT DO NOTHING RETURNING image_id",
            [album.pk, timezone.now(), list(ids)],
        )
        return [image_id for (image_id,) in cursor.fetchall()]


def _remove(album: Album, ids: Sequence[int]) -> int:
    if fills_itself(album):
        raise AlbumFillsItself
    removed, _by_table = album.entries.filter(among("image_id", ids)).delete()
    return removed


def editor_ids(album: Album) -> list[int]:
    """Return the ids of the accounts that may add to the album, without its owner."""
    editors = album.members.filter(role=AlbumMember.Role.EDITOR)
    return list(editors.values_list("user_id", flat=True))


def may_edit(album: Album, user_id: int) -> bool:
    """Return True for the owner and the editors, who may add and remove photos."""
    return album.owner_id == user_id or user_id in editor_ids(album)
