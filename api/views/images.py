"""Photos: search, retrieve, describe and delete them."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext

from albums.http.media import original_response, rendition_response
from albums.models import Image
from albums.ordering import NEWEST_FIRST, OLDEST_FIRST, Key, Order
from albums.pagination import Page
from albums.querysets import ImageQuerySet, among
from albums.services.arranging.marks import Mark, images_mark
from albums.services.editing.instructions import marks_set
from albums.services.editing.photo_changes import Changed
from albums.services.erasing.bin import images_bin
from albums.services.reading.turning import image_set_turns
from albums.services.searching.search import Search, search_chips, search_images, search_of
from api.exceptions import Conflict
from api.schema import RENDITION_KIND, Operation
from api.serializers.edits import EditsOut
from api.serializers.images import ImageIn, ImageOut, ImageQuery, MarksIn
from api.views.base import ApiView
from api.views.edits import edits_out, photos_change_by_job, photos_edit

ORDERS: dict[str, Order] = {
    "newest": NEWEST_FIRST,
    "oldest": OLDEST_FIRST,
    "added": (Key("added_at", descending=True), Key("id", descending=True)),
}
SEARCH_PARTS = ("person", "age", "album", "date", "place", "camera", "tag", "area")
SOME_IMAGES = {"images": [512, 513]}


def search_of_query(query: dict[str, Any]) -> Search:
    """Return the search of validated query parameters."""
    parts = {name: [str(value) for value in query[name]] for name in SEARCH_PARTS}
    return search_of({"q": [query["q"]], **parts})


class ImageView(ApiView):
    """Base of the views of photos."""

    tag = "images"

    def image(self, pk: int, images: ImageQuerySet | None = None) -> Image:
        """Return a photo among `images`, by default all that the account may see. Raises Http404."""
        images = Image.objects.visible_to(self.user) if images is None else images
        return get_object_or_404(ImageOut.rows(images), pk=pk)


class Images(ImageView):
    """List and search photos."""

    @Operation("images_list", response=ImageOut, many=True, parameters=[ImageQuery])
    def get(self) -> Page:
        """List the account's photos that match all filters."""
        query = self.validated_query(ImageQuery)
        search = search_of_query(query)
        if search.empty and not search.text:
            images = Image.objects.owned_by(self.user).filter(state=query["state"])
        else:
            images = search_images(search, self.user, search_chips(search, self.user))
        marks = {mark: query[mark] for mark in Mark if query[mark] is not None}
        images = images.filter(**marks)
        if query["dated"] is not None:
            images = images.filter(captured_at__isnull=not query["dated"])
        return self.page(ImageOut.rows(images), ORDERS[query["order"]])


class ImageDetail(ImageView):
    """Retrieve, update or delete a photo."""

    @Operation("image_get", response=ImageOut)
    def get(self, pk: int) -> Image:
        """Retrieve a photo of the account, or of an album that is shared with it."""
        return self.image(pk)

    @Operation(
        "image_change",
        request=ImageIn,
        response=ImageOut,
        request_example={"description": "The first day at the sea"},
        example={"description": "The first day at the sea"},
    )
    def patch(self, pk: int) -> Image:
        """Change the description, date, place, tags or marks of a photo, or turn it.

        A turned photo has other renditions; its faces turn with it.
        """
        image, data = self.image(pk, Image.objects.owned_by(self.user)), self.validated_body(ImageIn)
        if data.get("turns", image.turns) != image.turns:
            if image.state != Image.State.READY:
                raise Conflict(gettext("Only a photo that is ready can be turned."))
            image = image_set_turns(image=image, turns=data["turns"])
        photos_edit(Image.objects.filter(pk=pk), data, by=self.user)
        for mark in set(Mark) & set(data):
            images_mark(images=Image.objects.filter(pk=pk), mark=mark, on=data[mark], by=self.user)
        return self.image(pk)

    @Operation("image_delete")
    def delete(self, pk: int) -> None:
        """Move a photo to the bin.

        It can be restored until it expires; see `bin_days` of the server's limits.
        """
        self.image(pk, Image.objects.owned_by(self.user))
        images_bin(images=Image.objects.filter(pk=pk), by=self.user)


class Marks(ImageView):
    """Set and remove marks of several photos."""

    @Operation(
        "images_mark",
        request=MarksIn,
        response=EditsOut,
        request_example={**SOME_IMAGES, "favourite": True},
    )
    def post(self) -> dict[str, Any]:
        """Set or remove marks of photos.

        The response lists the photos that changed; those of other accounts are ignored. More than some
        hundred are changed by `jobs` of the studio, one a mark, and `photo_change_undo` undoes them.
        """
        data = self.validated_body(MarksIn)
        marks = {mark: data[mark] for mark in Mark if mark in data}
        return edits_out([self.marked(data["images"], mark, on=on) for mark, on in marks.items()])

    def marked(self, ids: list[int], mark: Mark, *, on: bool) -> Changed:
        """Set or remove a mark at once, or by a job."""
        changed = photos_change_by_job(ids, marks_set(mark=mark, on=on), by=self.user)
        if changed.job:
            return changed
        images = Image.objects.filter(among("pk", ids))
        return Changed(None, images_mark(images=images, mark=mark, on=on, by=self.user))


class Original(ImageView):
    """Download the original of a photo."""

    @Operation("image_original", media="application/octet-stream")
    def get(self, pk: int) -> HttpResponseBase:
        """Download the original file of a photo. Parts of it can be requested with `Range`."""
        return original_response(self.django_request, self.image(pk))


class RenditionDetail(ImageView):
    """Download a smaller copy of a photo."""

    @Operation("image_rendition", parameters=[RENDITION_KIND], media="image/jpeg")
    def get(self, pk: int, kind: str) -> HttpResponseBase:
        """Download a smaller, upright JPEG of a photo."""
        return rendition_response(self.django_request, self.image(pk), kind, immutable=True)
