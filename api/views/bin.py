"""The bin: list, restore and permanently delete photos in it."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from albums.http.media import rendition_response
from albums.models import Image
from albums.ordering import Key
from albums.pagination import Page
from albums.querysets import ImageQuerySet, among
from albums.services.editing.instructions import photos_move_to_bin
from albums.services.editing.photo_changes import Changed
from albums.services.erasing.bin import bin_deadline, images_bin, images_expire, images_restore
from albums.tasks import enqueue_expiring
from api.schema import RENDITION_KIND, Operation
from api.serializers.edits import EditsOut
from api.serializers.images import ImageOut, ImagesIn, ImagesOut
from api.views.base import ApiView
from api.views.edits import edits_out, photos_change_by_job
from api.views.images import SOME_IMAGES

BINNED_LAST_FIRST = (Key("binned_at", descending=True), Key("id", descending=True))


class BinView(ApiView):
    """Base of the views of the bin."""

    tag = "bin"

    def binned(self) -> ImageQuerySet:
        """Return the account's photos in the bin, without expired ones, which only await their deletion."""
        return Image.objects.filter(owner=self.user, binned_at__gt=bin_deadline()).binned()

    def requested(self) -> ImageQuerySet:
        """Return the photos of the body that are in the bin."""
        return self.binned().filter(pk__in=self.validated_body(ImagesIn)["images"])

    def expire(self, images: ImageQuerySet) -> None:
        """Delete photos permanently."""
        images_expire(images=images, by=self.user)
        enqueue_expiring()


class Bin(BinView):
    """List, fill and empty the bin."""

    @Operation("bin_list", response=ImageOut, many=True, example={"binned_at": "2026-05-01T09:30:00Z"})
    def get(self) -> Page:
        """List the photos in the bin, the most recently deleted first."""
        return self.page(ImageOut.rows(self.binned()), BINNED_LAST_FIRST)

    @Operation("bin_put", request=ImagesIn, response=EditsOut, request_example=SOME_IMAGES)
    def post(self) -> dict[str, Any]:
        """Move photos to the bin.

        The response lists the moved photos; those of other accounts are ignored. More than some hundred are
        moved by one of the `jobs` of the studio, and are a change that `photo_change_undo` undoes.
        """
        ids = self.validated_body(ImagesIn)["images"]
        changed = photos_change_by_job(ids, photos_move_to_bin(), by=self.user)
        if changed.job is None:
            images = Image.objects.filter(among("pk", ids))
            changed = Changed(None, images_bin(images=images, by=self.user).image_ids)
        return edits_out([changed])

    @Operation("bin_empty")
    def delete(self) -> None:
        """Permanently delete all photos in the bin."""
        self.expire(self.binned())


class BinRestore(BinView):
    """Restore photos from the bin."""

    @Operation("bin_restore", request=ImagesIn, response=ImagesOut, request_example=SOME_IMAGES)
    def post(self) -> dict[str, list[int]]:
        """Restore photos from the bin, with their faces, albums and names.

        The response lists the restored photos. The ids in a response of `bin_put` undo that request.
        """
        return {"images": images_restore(images=self.requested(), by=self.user)}


class BinErase(BinView):
    """Permanently delete photos in the bin."""

    @Operation("bin_erase", request=ImagesIn, response=ImagesOut, request_example=SOME_IMAGES, status=202)
    def post(self) -> dict[str, list[int]]:
        """Permanently delete photos in the bin, with their files and faces."""
        ids = list(self.requested().values_list("pk", flat=True))
        self.expire(Image.objects.filter(pk__in=ids))
        return {"images": ids}


class BinRendition(BinView):
    """Download a smaller copy of a photo in the bin."""

    @Operation("bin_rendition", parameters=[RENDITION_KIND], media="image/jpeg")
    def get(self, pk: int, kind: str) -> HttpResponseBase:
        """Download a smaller, upright JPEG of a photo in the bin."""
        return rendition_response(self.django_request, get_object_or_404(self.binned(), pk=pk), kind)
