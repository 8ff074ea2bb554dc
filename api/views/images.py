"""Photos: found, looked at, described, and thrown away."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from albums.http.media import file_response
from albums.models import Image, Rendition
from albums.querysets import ImageQuerySet
from albums.services.arranging.descriptions import image_set_description
from albums.services.erasing.bin import images_bin
from albums.services.searching.search import search_chips, search_images, search_of
from api.pagination import By
from api.schema import operation, rendition_kind
from api.serializers.images import ImageIn, ImageOut, ImageQuery
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


def search_given(asked: dict[str, Any]) -> dict[str, list[str]]:
    """A search as `search_of` takes it."""
    return {"q": [asked["q"]], **{name: [str(one) for one in asked[name]] for name in PARTS}}


class Images(ApiView):
    """Finding them."""

    @operation("images_list", tag=TAG, gives=ImageOut, many=True, query=[ImageQuery], example=BEACH)
    def get(self, _request: Request) -> Response:
        """One's own photos: all, or those that fit everything that is asked for."""
        asked = self.asked(ImageQuery)
        search = search_of(search_given(asked))
        if search.empty:
            images = Image.objects.owned_by(self.user).filter(state=asked["state"])
        else:
            images = search_images(search, self.user, search_chips(search, self.user))
        if asked["dated"] is not None:
            images = images.filter(captured_at__isnull=not asked["dated"])
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
            image_set_description(image=image, description=data["description"])
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

    @operation("image_rendition", tag=TAG, query=[rendition_kind()], media="image/jpeg")
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
