"""The bin: what was thrown away, and the ways back and out."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from albums.http.media import file_response
from albums.models import Image, Rendition
from albums.querysets import ImageQuerySet
from albums.services.erasing.bin import bin_deadline, images_bin, images_expire, images_restore
from albums.tasks import enqueue_expiring
from api.pagination import By
from api.schema import operation, rendition_kind
from api.serializers.images import ImageOut, ImagesIn, ImagesOut
from api.views.base import ApiView
from api.views.images import BEACH, SOME

TAG = "the bin"
BINNED_LAST_FIRST = (By("binned_at", descending=True), By("id", descending=True))


class Bin(ApiView):
    """What was thrown away."""

    @operation(
        "bin_list", tag=TAG, gives=ImageOut, many=True, example={**BEACH, "binned_at": BEACH["added_at"]}
    )
    def get(self, _request: Request) -> Response:
        """One's photos in the bin, last thrown away first."""
        images = self.binned()
        return self.page(ImageOut, ImageOut.rows(images), BINNED_LAST_FIRST)

    @operation("bin_put", tag=TAG, takes=ImagesIn, gives=ImagesOut, asked=SOME, example=SOME)
    def post(self, _request: Request) -> Response:
        """Throw photos away. Those that are not one's own are left out; the answer names what was thrown."""
        images = Image.objects.filter(pk__in=self.told(ImagesIn)["images"])
        return self.ids(images_bin(images=images, by=self.user).image_ids)

    @operation("bin_empty", tag=TAG, status=204)
    def delete(self, _request: Request) -> Response:
        """Erase everything in the bin for good. There is no way back."""
        images_expire(images=self.binned(), by=self.user)
        enqueue_expiring()
        return Response(status=204)

    def binned(self) -> ImageQuerySet:
        """What can still be taken back: the rest only waits to be erased."""
        mine = Image.objects.filter(owner=self.user).binned()
        return mine.filter(binned_at__gt=bin_deadline())

    def ids(self, ids: list[int]) -> Response:
        """Some photos."""
        return Response(self.shown(ImagesOut, {"images": ids}))


class Restore(Bin):
    """Taking back."""

    http_method_names = ("post", "options")

    @operation("bin_restore", tag=TAG, takes=ImagesIn, gives=ImagesOut, asked=SOME, example=SOME)
    def post(self, _request: Request) -> Response:
        """Take photos out of the bin, with their faces, albums and names. The answer names what came back.

        With the ids of an answer to throwing away it is undone.
        """
        images = self.binned().filter(pk__in=self.told(ImagesIn)["images"])
        return self.ids(images_restore(images=images, by=self.user))


class Erase(Bin):
    """For good."""

    http_method_names = ("post", "options")

    @operation("bin_erase", tag=TAG, takes=ImagesIn, gives=ImagesOut, asked=SOME, example=SOME, status=202)
    def post(self, _request: Request) -> Response:
        """Erase photos that are in the bin: files, faces, everything. There is no way back."""
        mine = self.binned().filter(pk__in=self.told(ImagesIn)["images"])
        ids = list(mine.values_list("pk", flat=True))
        images_expire(images=Image.objects.filter(pk__in=ids), by=self.user)
        enqueue_expiring()
        return Response(self.shown(ImagesOut, {"images": ids}), status=202)


class BinnedRendition(Bin):
    """A smaller copy."""

    http_method_names = ("get", "head", "options")

    @operation("bin_rendition", tag=TAG, query=[rendition_kind()], media="image/jpeg")
    def get(self, request: Request, pk: int, kind: str) -> HttpResponseBase:
        """A smaller upright JPEG of a photo in the bin, which has no other address any more."""
        image = self.binned().filter(pk=pk).first()
        made = Rendition.objects.filter(image=image, kind=kind).first() if image is not None else None
        if image is None or made is None:
            raise Http404
        return file_response(
            request._request,  # noqa: SLF001 - the plain request, as every view has it
            made.file,
            content_type="image/jpeg",
            name=f"{PurePosixPath(image.name).stem or pk}-{kind}.jpg",
            etag=f"{image.sha256}-binned-{kind}-{made.width}x{made.height}",
            immutable=False,
        )
