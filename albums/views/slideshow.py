"""A slideshow: a page with one picture and links to its neighbours, and the following pictures as JSON."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from albums.date_formats import format_date
from albums.http.current_user import current_user
from albums.http.decorators import cacheable_page_view
from albums.http.media import versioned
from albums.models import Album, Image, Rendition
from albums.querysets import ImageQuerySet
from albums.services.arranging.smart_albums import albums_fill
from albums.services.core.people_names import names_in
from albums.services.core.row_ids import whole_number

PICTURES_AT_ONCE = 100
MAX_PICTURES = 10_000_000
# Seconds for which a picture is shown, and the default.
PACES, PACE = (2, 3, 5, 8, 15), 5

Names = Callable[[Collection[int]], Mapping[int, Sequence[str]]]
"""Returns the names of people by the ids of pictures, as far as the viewer may see them."""


@dataclass(frozen=True, slots=True)
class Slideshow:
    """The photos of a slideshow in their order, and the addresses that its viewer may use."""

    images: ImageQuerySet
    title: str
    names: Names
    picture_url: Callable[[Image], str]
    pictures_url: str
    back_url: str

    def page(self, request: HttpRequest) -> HttpResponse:
        """Show the picture at ?at=, counted from 0. Raises Http404 when there is none."""
        total = self.images.count()
        at = min(_number(request.GET.get("at")), max(total - 1, 0))
        pictures = self._pictures(at, 1)
        if not pictures:
            raise Http404("there is no photo")
        context = {
            "title": self.title,
            "picture": pictures[0],
            "at": at,
            "number": at + 1,
            "total": total,
            "before": (at - 1) % total,
            "after": (at + 1) % total,
            "pictures_url": self.pictures_url,
            "back_url": self.back_url,
            "paces": PACES,
            "pace": PACE,
        }
        return render(request, "shared/slideshow.html", context)

    def pictures(self, request: HttpRequest) -> HttpResponse:
        """Return the pictures beginning at ?from= as JSON."""
        start = _number(request.GET.get("from"))
        return JsonResponse({"from": start, "pictures": self._pictures(start, PICTURES_AT_ONCE)})

    def _pictures(self, start: int, count: int) -> list[dict[str, Any]]:
        rows = self.images.prefetch_renditions(Rendition.Kind.PREVIEW)[start : start + count]
        people = self.names([image.pk for image in rows])
        pictures = []
        for image in rows:
            size = next(iter(image.renditions.all()), image)
            alt = ", ".join([*people.get(image.pk, ()), picture_label(image)])
            picture = {"url": self.picture_url(image), "alt": alt, "width": size.width, "height": size.height}
            pictures.append(picture)
        return pictures


def _slideshow(request: HttpRequest, pk: int) -> Slideshow:
    user = current_user(request)
    album = get_object_or_404(Album.objects.visible_to(user), pk=pk)
    return Slideshow(
        Image.objects.in_album(album),
        title=album.name,
        names=partial(names_in, owner_id=user.pk),
        picture_url=lambda image: versioned(
            reverse("albums:rendition", args=[image.pk, Rendition.Kind.PREVIEW]), image.turns
        ),
        pictures_url=reverse("albums:album_pictures", args=[pk]),
        back_url=reverse("albums:album", args=[pk]),
    )


@cacheable_page_view
def album_slideshow(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a slideshow of an album."""
    slideshow = _slideshow(request, pk)
    albums_fill([pk])
    return slideshow.page(request)


@cacheable_page_view
def album_pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the pictures of an album's slideshow as JSON."""
    return _slideshow(request, pk).pictures(request)


def picture_label(image: Image) -> str:
    """Return the label of a picture whose file name is private."""
    if image.captured_at is None:
        return _("Photo without a date")
    taken = format_date(image.captured_at, "DATE_FORMAT")
    return _("Photo of %(date)s") % {"date": taken}


def _number(text: str | None) -> int:
    return min(whole_number(text) or 0, MAX_PICTURES)
