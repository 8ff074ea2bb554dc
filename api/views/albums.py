"""Albums: made, changed, filled, downloaded, shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from albums.http.archives import zip_response
from albums.models import Album, AlbumMember, Image
from albums.querysets import AlbumQuerySet
from albums.services.arranging.albums import (
    album_add_images,
    album_change,
    album_choose_cover,
    album_create,
    album_delete,
    album_remove_images,
)
from albums.services.arranging.smart_albums import albums_fill
from api.pagination import By
from api.rows import album_of, images_of, people_of
from api.schema import BUSY, operation
from api.serializers.albums import AlbumIn, AlbumOut, CountOut, NewAlbumIn
from api.serializers.images import ImageOut, ImagesIn
from api.views.base import ApiView
from api.views.images import BEACH, NEWEST, SOME
from faces.models import Person, PersonAlbum
from faces.services.people.person_albums import person_album_change, person_album_create, person_album_settle

TAG = "albums"
OLDEST_FIRST = (By("id"),)
ORDERS = {
    Album.Sort.NEWEST: NEWEST,
    Album.Sort.OLDEST: (By("captured_at", nulls=True), By("added_at"), By("id")),
    Album.Sort.NAME: (By("source_path"), By("id")),
    Album.Sort.ADDED: (By("put_in_at", descending=True), By("id", descending=True)),
}
SUMMER = {
    "id": 7,
    "owner": "ada",
    "role": "owner",
    "name": "Summer 2024",
    "description": "",
    "sort": "newest",
    "cover": 512,
    "photo_count": 84,
    "created_at": "2026-05-01T09:30:00Z",
    "follows": None,
}


class AlbumView(ApiView):
    """What the views of albums have in common."""

    def album(self, pk: int, among: Callable[[Any], AlbumQuerySet] = Album.objects.visible_to) -> Album:
        """The album, to be seen (or edited, or owned) by who asks. Raises NotThere."""
        return album_of(self.user, pk, among)

    def own(self, pk: int) -> Album:
        """One's own album. Raises NotThere for what one may not see, PermissionDenied for another's."""
        album = self.album(pk)
        if album.owner_id != self.user.pk:
            raise PermissionDenied
        return album

    def rows(self) -> AlbumQuerySet:
        """Albums to be seen, with all that is told of them, in a fixed number of queries."""
        members = AlbumMember.objects.filter(user=self.user)
        kinds = PersonAlbum.objects.prefetch_related(Prefetch("people", Person.objects.only("pk")))
        rows = Album.objects.visible_to(self.user).with_counts().with_covers().select_related("owner")
        return rows.prefetch_related(
            Prefetch("members", members, to_attr="mine"),
            Prefetch("person_album", kinds),
        )

    def told_of(self, album: Any) -> Any:
        """What is told of one of `rows`."""
        mine = album.owner_id == self.user.pk
        kind = getattr(album, "person_album", None) if mine else None
        album.role = "owner" if mine else str(album.mine[0].role)
        album.follows = (
            {"people": sorted(one.pk for one in kind.people.all()), "rule": kind.rule} if kind else None
        )
        return album

    def answer(self, pk: int, *, status: int = 200) -> Response:
        """The album as it is now."""
        albums_fill([pk])
        return Response(self.shown(AlbumOut, self.told_of(self.rows().get(pk=pk))), status=status)


class Albums(AlbumView):
    """All of them."""

    @operation("albums_list", tag=TAG, gives=AlbumOut, many=True, example=SUMMER)
    def get(self, _request: Request) -> Response:
        """One's own albums, and those that are shared with one."""
        albums_fill(Album.objects.visible_to(self.user).values_list("pk", flat=True))
        return self.page(AlbumOut, self.rows(), OLDEST_FIRST, row=self.told_of)

    @operation(
        "album_create",
        tag=TAG,
        takes=NewAlbumIn,
        gives=AlbumOut,
        status=201,
        asked={"name": "Summer 2024", "images": [512, 513]},
        example=SUMMER,
    )
    @transaction.atomic
    def post(self, _request: Request) -> Response:
        """Make an album: empty, with photos in it, or one that fills itself with those of people."""
        data = self.told(NewAlbumIn)
        if "follows" not in data:
            album = album_create(owner=self.user, name=data["name"])
            if "images" in data:
                album_add_images(album=album, images=images_of(self.user, data["images"]))
            return self.answer(album.pk, status=201)
        if "images" in data:
            raise ValidationError({"images": [_("An album that fills itself is not filled by hand.")]})
        people = people_of(self.user, data["follows"]["people"])
        made = person_album_create(
            owner=self.user, name=data["name"], people=people, rule=data["follows"]["rule"]
        )
        return self.answer(made.pk, status=201)


class OneAlbum(AlbumView):
    """One of them."""

    @operation("album_get", tag=TAG, gives=AlbumOut, example=SUMMER)
    def get(self, _request: Request, pk: int) -> Response:
        """An album that one may see."""
        return self.answer(self.album(pk).pk)

    @operation(
        "album_change",
        tag=TAG,
        takes=AlbumIn,
        gives=AlbumOut,
        asked={"name": "Summer 2024", "cover": 512},
        example=SUMMER,
    )
    @transaction.atomic
    def patch(self, _request: Request, pk: int) -> Response:
        """Name, description, order, cover, and whom it follows. Only its owner may."""
        album, data = self.own(pk), self.told(AlbumIn)
        words = {name: data.get(name, getattr(album, name)) for name in ("name", "description", "sort")}
        album_change(album=album, **words)
        if "cover" in data:
            cover = None if data["cover"] is None else images_of(self.user, [data["cover"]])[0]
            album_choose_cover(album=album, image=cover)
        if "follows" in data:
            self.follow(album, data["follows"])
        return self.answer(pk)

    def follow(self, album: Album, follows: dict[str, Any] | None) -> None:
        """Other people, or none any more. Raises ValidationError for one that is filled by hand."""
        kind = PersonAlbum.objects.filter(album=album).first()
        if kind is None:
            raise ValidationError(
                {"follows": [_("This album is filled by hand. Make a new one that is not.")]}
            )
        if follows is None:
            person_album_settle(kind=kind)
        else:
            people = people_of(self.user, follows["people"])
            person_album_change(kind=kind, people=people, rule=follows["rule"])

    @operation("album_delete", tag=TAG, status=204)
    def delete(self, _request: Request, pk: int) -> Response:
        """Delete an album. The photos in it stay."""
        album_delete(album=self.own(pk))
        return Response(status=204)


class AlbumImages(AlbumView):
    """The photos in it."""

    @operation("album_images", tag=TAG, gives=ImageOut, many=True, example=BEACH)
    def get(self, _request: Request, pk: int) -> Response:
        """The photos of an album, in its order."""
        album = self.album(pk)
        albums_fill([pk])
        images = Image.objects.in_album(album)
        return self.page(ImageOut, ImageOut.rows(images), ORDERS[Album.Sort(album.sort)])

    @operation("album_add", tag=TAG, takes=ImagesIn, gives=CountOut, asked=SOME, example={"count": 2})
    def post(self, _request: Request, pk: int) -> Response:
        """Put photos of one's own into an album that one may edit. Tells how many are new in it."""
        album = self.editable(pk)
        images = images_of(self.user, self.told(ImagesIn)["images"])
        return self.count(album_add_images(album=album, images=images, by=self.user))

    def editable(self, pk: int) -> Album:
        """An album that one may edit. Raises NotThere for what one may not see, else PermissionDenied."""
        self.album(pk)
        found = Album.objects.editable_by(self.user).filter(pk=pk).first()
        if found is None:
            raise PermissionDenied
        return found

    def count(self, count: int) -> Response:
        """How many."""
        return Response(self.shown(CountOut, {"count": count}))


class AlbumTakeOut(AlbumImages):
    """Out of it."""

    http_method_names = ("post", "options")

    @operation("album_take_out", tag=TAG, takes=ImagesIn, gives=CountOut, asked=SOME, example={"count": 2})
    def post(self, _request: Request, pk: int) -> Response:
        """Take photos out of an album that one may edit. They stay in their owner's library."""
        album = self.editable(pk)
        ids = self.told(ImagesIn)["images"]
        images = Image.objects.in_album(album).filter(pk__in=ids)
        return self.count(album_remove_images(album=album, images=images))


class AlbumZip(AlbumView):
    """All at once."""

    @operation("album_zip", tag=TAG, media="application/zip", also=BUSY)
    def get(self, _request: Request, pk: int) -> HttpResponseBase:
        """The originals of an album as one zip, sent while they are read."""
        album = self.album(pk)
        albums_fill([pk])
        return zip_response(Image.objects.in_album(album), name=album.name)


class ImagesZip(AlbumView):
    """Some at once."""

    @operation("images_zip", tag="images", takes=ImagesIn, media="application/zip", asked=SOME, also=BUSY)
    def post(self, _request: Request) -> HttpResponseBase:
        """The originals of chosen photos that one may see as one zip."""
        ids = self.told(ImagesIn)["images"]
        images = Image.objects.visible_to(self.user).ready().filter(pk__in=ids)
        if not images.exists():
            raise ValidationError({"images": [_("None of these is there.")]})
        return zip_response(images, name="Photos")
