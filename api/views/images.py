"""Photos: found, looked at, described, thrown away and taken back."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from albums.models import Image, Rendition
from albums.querysets import ImageQuerySet
from albums.services.bin import images_bin, images_expire, images_restore
from albums.services.descriptions import image_describe
from albums.services.retries import images_retry
from albums.services.search import search_chips, search_images, search_of
from albums.tasks import enqueue_expiring, enqueue_reading
from albums.views.media import file_response
from api.pagination import By
from api.schema import operation
from api.serializers.images import HashesIn, HashesOut, ImageIn, ImageOut, ImageQuery, ImagesIn, ImagesOut
from api.views.base import ApiView

TAG = "images"
NEWEST = (
    By("captured_at", descending=True, nulls=True),
    By("added_at", descending=True),
    By("id", descending=True),
)
ORDERS = {
    "newest": NEWEST,
    "oldest": (By("captured_at", nulls=True), By("added_at"), By("id")),
    "added": (By("added_at", descending=True), By("id", descending=True)),
}
BINNED_LAST_FIRST = (By("binned_at", descending=True), By("id", descending=True))
PARTS = ("person", "album", "date", "place", "camera")
BEACH = {
    "id": 512,
    "owner": "ada",
    "state": "ready",
    "name": "beach.jpg",
    "path": "2024/summer/beach.jpg",
    "mime_type": "image/jpeg",
    "size_bytes": 3481230,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "width": 4000,
    "height": 3000,
    "captured_at": "2024-07-14T15:02:11Z",
    "added_at": "2026-05-01T09:30:00Z",
    "description": "",
    "camera": "Canon EOS R6",
    "facts": {"aperture": "f/4", "iso": "ISO 200"},
    "place": "Lyon, France",
    "latitude": 45.76,
    "longitude": 4.84,
    "renditions": [{"kind": "thumbnail", "width": 512, "height": 384}],
    "reason": "",
    "detail": "",
    "binned_at": None,
}
SOME = {"images": [512, 513]}


class Images(ApiView):
    """Finding them."""

    @operation("images_list", tag=TAG, gives=ImageOut, many=True, query=[ImageQuery], example=BEACH)
    def get(self, _request: Request) -> Response:
        """One's own photos: all, or those that fit everything that is asked for."""
        asked = self.asked(ImageQuery)
        chips = {name: [str(one) for one in asked[name]] for name in PARTS}
        search = search_of({"q": [asked["q"]], **chips})
        if search.empty:
            images = Image.objects.owned_by(self.user).filter(state=asked["state"])
        else:
            images = search_images(search, self.user, search_chips(search, self.user))
        return self.page(ImageOut, ImageOut.rows(images), ORDERS[asked["order"]])


class OneImage(ApiView):
    """One of them."""

    @operation("image_get", tag=TAG, gives=ImageOut, example=BEACH)
    def get(self, _request: Request, pk: int) -> Response:
        """A photo that one may see: one's own, or one in an album that is shared with one."""
        return Response(self.shown(ImageOut, self.one(pk)))

    @operation(
        "image_change",
        tag=TAG,
        takes=ImageIn,
        gives=ImageOut,
        asked={"description": "The first day at the sea"},
        example={**BEACH, "description": "The first day at the sea"},
    )
    def patch(self, _request: Request, pk: int) -> Response:
        """Describe one's own photo."""
        image, data = self.one(pk, Image.objects.owned_by(self.user)), self.told(ImageIn)
        if "description" in data:
            image_describe(image=image, description=data["description"])
        return Response(self.shown(ImageOut, self.one(pk)))

    @operation("image_delete", tag=TAG, status=204)
    def delete(self, _request: Request, pk: int) -> Response:
        """Put one's own photo into the bin, from which it can be taken back for a while."""
        self.one(pk, Image.objects.owned_by(self.user))
        images_bin(images=Image.objects.filter(pk=pk), by=self.user)
        return Response(status=204)

    def one(self, pk: int, among: ImageQuerySet | None = None) -> Image:
        """The photo. Raises Http404 when it is not there, or not for who asks: the same either way."""
        images = among if among is not None else Image.objects.visible_to(self.user)
        image = ImageOut.rows(images).filter(pk=pk).first()
        if image is None:
            raise Http404
        return image


class Original(OneImage):
    """The file."""

    http_method_names = ("get", "head", "options")

    @operation("image_original", tag=TAG, media="application/octet-stream")
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """The file, byte for byte as it was given. Parts of it by `Range`."""
        image = self.one(pk)
        return file_response(
            request._request,  # noqa: SLF001 - the plain request, as every view has it
            image.original,
            content_type=image.mime_type or "application/octet-stream",
            name=image.name or f"photo-{pk}",
            etag=image.sha256,
            immutable=False,
        )


class OneRendition(OneImage):
    """A smaller copy."""

    http_method_names = ("get", "head", "options")

    @operation("image_rendition", tag=TAG, media="image/jpeg")
    def get(self, request: Request, pk: int, kind: str) -> HttpResponseBase:
        """A smaller upright JPEG: `thumbnail` (512 pixels on the long side) or `preview` (2048)."""
        image = self.one(pk)
        made = Rendition.objects.filter(image=image, kind=kind).first()
        if made is None:
            raise Http404
        return file_response(
            request._request,  # noqa: SLF001 - as above
            made.file,
            content_type="image/jpeg",
            name=f"{PurePosixPath(image.name).stem or pk}-{kind}.jpg",
            etag=f"{image.sha256}-{kind}-{made.width}x{made.height}",
            immutable=True,
        )


class Known(ApiView):
    """What need not be sent."""

    @operation(
        "images_known",
        tag=TAG,
        takes=HashesIn,
        gives=HashesOut,
        asked={"sha256": [BEACH["sha256"]]},
        example={"known": [{"sha256": BEACH["sha256"], "image": 512, "state": "ready", "binned": False}]},
    )
    def post(self, _request: Request) -> Response:
        """Which of these files are among one's own already, by their digests. Others' are never told of."""
        rows = Image.objects.filter(owner=self.user, sha256__in=self.told(HashesIn)["sha256"]).order_by("pk")
        known = [
            {"sha256": one.sha256, "image": one.pk, "state": one.state, "binned": one.binned_at is not None}
            for one in rows.only("sha256", "state", "binned_at")
        ]
        return Response(self.shown(HashesOut, {"known": known}))


class Bin(ApiView):
    """What was thrown away."""

    @operation(
        "bin_list", tag="bin", gives=ImageOut, many=True, example={**BEACH, "binned_at": BEACH["added_at"]}
    )
    def get(self, _request: Request) -> Response:
        """One's photos in the bin, last thrown away first."""
        images = Image.objects.filter(owner=self.user).binned()
        return self.page(ImageOut, ImageOut.rows(images), BINNED_LAST_FIRST)

    @operation("bin_put", tag="bin", takes=ImagesIn, gives=ImagesOut, asked=SOME, example=SOME)
    def post(self, _request: Request) -> Response:
        """Throw photos away. Those that are not one's own are left out; the answer names what was thrown."""
        images = Image.objects.filter(pk__in=self.told(ImagesIn)["images"])
        return self.ids(images_bin(images=images, by=self.user).image_ids)

    def ids(self, ids: list[int]) -> Response:
        """Some photos."""
        return Response(self.shown(ImagesOut, {"images": ids}))


class Restore(Bin):
    """Taking back."""

    http_method_names = ("post", "options")

    @operation("bin_restore", tag="bin", takes=ImagesIn, gives=ImagesOut, asked=SOME, example=SOME)
    def post(self, _request: Request) -> Response:
        """Take photos out of the bin, with their faces, albums and names. The answer names what came back."""
        images = Image.objects.filter(pk__in=self.told(ImagesIn)["images"])
        return self.ids(images_restore(images=images, by=self.user))


class Erase(Bin):
    """For good."""

    http_method_names = ("post", "options")

    @operation("bin_erase", tag="bin", takes=ImagesIn, gives=ImagesOut, asked=SOME, example=SOME, status=202)
    def post(self, _request: Request) -> Response:
        """Erase photos that are in the bin: files, faces, everything. There is no way back."""
        mine = Image.objects.filter(owner=self.user, pk__in=self.told(ImagesIn)["images"]).binned()
        ids = list(mine.values_list("pk", flat=True))
        images_expire(images=Image.objects.filter(pk__in=ids), by=self.user)
        enqueue_expiring()
        return Response(self.shown(ImagesOut, {"images": ids}), status=202)


class Retry(Bin):
    """Refused files once more."""

    http_method_names = ("post", "options")

    @operation("images_retry", tag=TAG, takes=ImagesIn, gives=ImagesOut, asked=SOME, example=SOME, status=202)
    def post(self, _request: Request) -> Response:
        """Read refused files once more: the reason may be gone. The answer names those that are tried."""
        ids: list[Any] = images_retry(owner=self.user, image_ids=self.told(ImagesIn)["images"])
        enqueue_reading(ids)
        return Response(self.shown(ImagesOut, {"images": ids}), status=202)
