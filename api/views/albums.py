"""Albums: list, create, change, fill and download them."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied, ValidationError

from albums.http.archives import zip_response
from albums.models import Album, AlbumMember, Image
from albums.ordering import ALBUM_ORDERS, BY_ID
from albums.pagination import Page
from albums.querysets import AlbumQuerySet, among
from albums.services.arranging.albums import (
    album_add_images,
    album_change,
    album_choose_cover,
    album_create,
    album_delete,
    album_remove_images,
    album_undo,
    album_undo_proof,
)
from albums.services.arranging.smart_albums import albums_fill
from albums.services.editing.instructions import (
    Instruction,
    photos_add_to_album,
    photos_remove_from_album,
)
from api.exceptions import Conflict
from api.lookups import get_album, get_images, get_people
from api.schema import BUSY, Operation
from api.serializers.albums import AlbumChangeOut, AlbumIn, AlbumOut, AlbumUndoIn, NewAlbumIn
from api.serializers.common import CountOut
from api.serializers.images import ImageOut, ImagesIn
from api.views.base import ApiView
from api.views.edits import photos_change_by_job
from api.views.images import SOME_IMAGES
from faces.models import Person, PersonAlbum
from faces.services.people.person_albums import person_album_change, person_album_convert, person_album_create


class AlbumView(ApiView):
    """Base of the views of albums."""

    tag = "albums"

    def visible(self, pk: int) -> Album:
        """Return an album that the account may see. Raises Http404."""
        return get_album(self.user, pk, Album.objects.visible_to)

    def owned(self, pk: int) -> Album:
        """Return an album of the account. Raises Http404, and PermissionDenied for a shared one."""
        album = self.visible(pk)
        if album.owner_id != self.user.pk:
            raise PermissionDenied
        return album

    def editable(self, pk: int) -> Album:
        """Return an album whose photos the account may change. Raises Http404 and PermissionDenied."""
        album = self.visible(pk)
        if not Album.objects.editable_by(self.user).filter(pk=pk).exists():
            raise PermissionDenied
        return album

    def by_job(self, ids: list[int], instruction: Instruction) -> dict[str, Any] | None:
        """Add or remove photos by a job if they are very many; return the response then."""
        changed = photos_change_by_job(ids, instruction, by=self.user)
        if changed.job is None:
            return None
        return {"count": 0, "undo": "", "job": changed.job.pk, "change": changed.change}

    def rows(self) -> AlbumQuerySet:
        """Return the visible albums with all related rows, in a fixed number of queries."""
        members = AlbumMember.objects.filter(user=self.user)
        smart = PersonAlbum.objects.prefetch_related(Prefetch("people", Person.objects.only("pk")))
        rows = Album.objects.visible_to(self.user).with_counts().with_covers().select_related("owner")
        return rows.prefetch_related(
            Prefetch("members", members, to_attr="memberships"), Prefetch("person_album", smart)
        )

    def complete(self, albums: Iterable[Any]) -> None:
        """Set the role and the people of albums from `rows`."""
        for album in albums:
            owned = album.owner_id == self.user.pk
            smart = getattr(album, "person_album", None) if owned else None
            album.role = "owner" if owned else str(album.memberships[0].role)
            people = sorted(person.pk for person in smart.people.all()) if smart else []
            album.follows = {"people": people, "rule": smart.rule} if smart else None

    def current(self, pk: int) -> Album:
        """Return an album in its current state."""
        albums_fill([pk])
        album = self.rows().get(pk=pk)
        self.complete([album])
        return album


class Albums(AlbumView):
    """List and create albums."""

    @Operation("albums_list", response=AlbumOut, many=True)
    def get(self) -> Page:
        """List the account's albums and those that are shared with it."""
        albums_fill(Album.objects.visible_to(self.user).values_list("pk", flat=True))
        page = self.page(self.rows(), BY_ID)
        self.complete(page.rows)
        return page

    @Operation(
        "album_create",
        request=NewAlbumIn,
        response=AlbumOut,
        status=201,
        request_example={"name": "Summer 2024", **SOME_IMAGES},
    )
    @transaction.atomic
    def post(self) -> Album:
        """Create an album, or with `follows` a smart album.

        A smart album gets the photos of people automatically, so `images` can't be given with it.
        """
        data = self.validated_body(NewAlbumIn)
        name, follows = data["name"], data.get("follows")
        if follows is None:
            album = album_create(owner=self.user, name=name)
            if "images" in data:
                album_add_images(album=album, images=get_images(self.user, data["images"]))
            return self.current(album.pk)
        if "images" in data:
            raise ValidationError({"images": [_("A smart album can't be given photos.")]})
        people = get_people(self.user, follows["people"])
        smart = person_album_create(owner=self.user, name=name, people=people, rule=follows["rule"])
        return self.current(smart.pk)


class AlbumDetail(AlbumView):
    """Retrieve, update or delete an album."""

    @Operation("album_get", response=AlbumOut)
    def get(self, pk: int) -> Album:
        """Retrieve an album."""
        return self.current(self.visible(pk).pk)

    @Operation(
        "album_change",
        request=AlbumIn,
        response=AlbumOut,
        request_example={"name": "Summer 2024", "cover": 512},
    )
    @transaction.atomic
    def patch(self, pk: int) -> Album:
        """Change the name, description, order, cover or people of an album, or make it a look-alike gallery.

        Only the owner may do this.
        """
        album, data = self.owned(pk), self.validated_body(AlbumIn)
        names = ("name", "description", "sort", "gallery")
        album_change(album=album, **{name: data.get(name, getattr(album, name)) for name in names})
        if "cover" in data:
            cover = None if data["cover"] is None else get_images(self.user, [data["cover"]])[0]
            album_choose_cover(album=album, image=cover)
        if "follows" in data:
            self.follow(album, data["follows"])
        return self.current(pk)

    def follow(self, album: Album, follows: dict[str, Any] | None) -> None:
        """Change the people of a smart album; None makes it an ordinary one. Raises ValidationError."""
        smart = PersonAlbum.objects.filter(album=album).first()
        if smart is None:
            raise ValidationError({"follows": [_("This is no smart album. Create a new one.")]})
        if follows is None:
            person_album_convert(kind=smart)
        else:
            people = get_people(self.user, follows["people"])
            person_album_change(kind=smart, people=people, rule=follows["rule"])

    @Operation("album_delete")
    def delete(self, pk: int) -> None:
        """Delete an album. Its photos stay in the library."""
        album_delete(album=self.owned(pk))


class AlbumImages(AlbumView):
    """List the photos of an album and add some."""

    @Operation("album_images", response=ImageOut, many=True)
    def get(self, pk: int) -> Page:
        """List the photos of an album in its order."""
        album = self.visible(pk)
        albums_fill([pk])
        return self.page(ImageOut.rows(Image.objects.in_album(album)), ALBUM_ORDERS[album.sort])

    @Operation("album_add", request=ImagesIn, response=AlbumChangeOut, request_example=SOME_IMAGES)
    def post(self, pk: int) -> dict[str, Any]:
        """Add the account's photos to an album.

        The response counts the photos that were not in the album before. More than some hundred are added by
        a `job` of the studio, as a `change` that `photo_change_undo` undoes.
        """
        album = self.editable(pk)
        images = get_images(self.user, self.validated_body(ImagesIn)["images"])
        adding = photos_add_to_album(album=album)
        if by_job := self.by_job([image.pk for image in images], adding):
            return by_job
        ids = album_add_images(album=album, images=images, by=self.user)
        undo = album_undo_proof(album=album, image_ids=ids, by=self.user, added=True)
        return {"count": len(ids), "undo": undo, "job": None, "change": None}


class AlbumTakeOut(AlbumView):
    """Remove photos from an album."""

    @Operation("album_take_out", request=ImagesIn, response=AlbumChangeOut, request_example=SOME_IMAGES)
    def post(self, pk: int) -> dict[str, Any]:
        """Remove photos from an album. They stay in the library of their owner.

        More than some hundred are removed by a `job`, as in `album_add`.
        """
        album, ids = self.editable(pk), self.validated_body(ImagesIn)["images"]
        if by_job := self.by_job(ids, photos_remove_from_album(album=album)):
            return by_job
        images = list(Image.objects.in_album(album).filter(among("pk", ids)))
        count = album_remove_images(album=album, images=images)
        removed = [image.pk for image in images]
        undo = album_undo_proof(album=album, image_ids=removed, by=self.user, added=False)
        return {"count": count, "undo": undo, "job": None, "change": None}


class AlbumUndo(AlbumView):
    """Undo a change of an album's photos."""

    @Operation("album_undo", request=AlbumUndoIn, response=CountOut, request_example={"undo": "12:1:Qx3f"})
    def post(self, pk: int) -> dict[str, int]:
        """Undo `album_add` or `album_take_out`, within an hour, by the account that requested it.

        The response counts the photos. What can no longer be undone is an error (409).
        """
        album, undo = self.editable(pk), self.validated_body(AlbumUndoIn)["undo"]
        try:
            return {"count": album_undo(album=album, proof=undo, by=self.user).photos}
        except DjangoValidationError as error:
            raise Conflict(" ".join(error.messages)) from error


class AlbumZip(AlbumView):
    """Download an album."""

    @Operation("album_zip", media="application/zip", errors=BUSY)
    def get(self, pk: int) -> HttpResponseBase:
        """Download the originals of an album as a zip."""
        album = self.visible(pk)
        albums_fill([pk])
        return zip_response(self.django_request, Image.objects.in_album(album), name=album.name)


class ImagesZip(ApiView):
    """Download several photos."""

    tag = "images"

    @Operation(
        "images_zip", request=ImagesIn, media="application/zip", request_example=SOME_IMAGES, errors=BUSY
    )
    def post(self) -> HttpResponseBase:
        """Download the originals of several photos as a zip.

        Photos that are not visible to the account are left out.
        """
        ids = self.validated_body(ImagesIn)["images"]
        images = Image.objects.visible_to(self.user).ready().filter(among("pk", ids))
        if not images.exists():
            raise ValidationError({"images": [_("None of these photos was found.")]})
        return zip_response(self.django_request, images, name="Photos")
