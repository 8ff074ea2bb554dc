"""A slideshow: one picture to the edge of the window, then the next.

The page shows one picture and leads to its neighbours by itself; the script asks for the pictures that follow
as JSON, a hundred at a time.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from albums.date_formats import format_date
from albums.http.current_user import current_user
from albums.models import Album, Image, Rendition
from albums.querysets import ImageQuerySet
from albums.services.arranging.smart_albums import albums_fill
from albums.services.core.people_names import names_in
from albums.services.core.row_ids import whole_number

PICTURES_AT_ONCE = 100
MOST_PICTURES = 10_000_000
# Seconds that a picture stays, to choose from.
PACES, PACE = (2, 3, 5, 8, 15), 5

Address = Callable[[Image], str]
Names = Callable[[Collection[int]], Mapping[int, Sequence[str]]]
"""Given the ids of pictures: the people in each, as far as the one who looks may know."""


@login_required
@require_safe
def album_slideshow(request: HttpRequest, pk: int) -> HttpResponse:
    """The photos of an album, in its order."""
    user = current_user(request)
    album = get_object_or_404(Album.objects.visible_to(user), pk=pk)
    albums_fill([pk])
    return slideshow_page(
        request,
        Image.objects.in_album(album),
        picture_url=preview_url,
        names=partial(names_in, owner_id=user.pk),
        title=album.name,
        pictures_url=reverse("albums:album_pictures", args=[pk]),
        back_url=reverse("albums:album", args=[pk]),
    )


@login_required
@require_safe
def album_pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """The pictures of an album's slideshow, from ?from= on."""
    user = current_user(request)
    album = get_object_or_404(Album.objects.visible_to(user), pk=pk)
    return pictures_json(
        request,
        Image.objects.in_album(album),
        picture_url=preview_url,
        names=partial(names_in, owner_id=user.pk),
    )


def preview_url(image: Image) -> str:
    """The picture for who is signed in."""
    return reverse("albums:rendition", args=[image.pk, Rendition.Kind.PREVIEW])


def slideshow_page(
    request: HttpRequest,
    images: ImageQuerySet,
    *,
    picture_url: Address,
    names: Names,
    title: str,
    pictures_url: str,
    back_url: str,
) -> HttpResponse:
    """The picture at ?at=, counted from 0 in the order of `images`. Raises Http404 when there is none."""
    total = images.count()
    at = min(_number(request.GET.get("at")), max(total - 1, 0))
    shown = _pictures(images, picture_url, names, start=at, most=1)
    if not shown:
        raise Http404("there is no photo")
    context = {
        "title": title,
        "picture": shown[0],
        "at": at,
        "number": at + 1,
        "total": total,
        "before": (at - 1) % total,
        "after": (at + 1) % total,
        "pictures_url": pictures_url,
        "back_url": back_url,
        "paces": PACES,
        "pace": PACE,
    }
    return render(request, "shared/slideshow.html", context)


def nobody(_image_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """The names where none are told."""
    return {}


def pictures_json(
    request: HttpRequest, images: ImageQuerySet, *, picture_url: Address, names: Names
) -> HttpResponse:
    """The pictures from ?from= on, as the script wants them."""
    start = _number(request.GET.get("from"))
    found = _pictures(images, picture_url, names, start=start, most=PICTURES_AT_ONCE)
    return JsonResponse({"from": start, "pictures": found})


def picture_words(image: Image) -> str:
    """What a picture is called where its file name is nobody's business."""
    if image.captured_at is None:
        return _("Photo without a date")
    taken = format_date(timezone.localtime(image.captured_at), "DATE_FORMAT")
    return _("Photo of %(date)s") % {"date": taken}


def _pictures(
    images: ImageQuerySet, picture_url: Address, names: Names, *, start: int, most: int
) -> list[dict[str, Any]]:
    rows = images.prefetch_renditions(Rendition.Kind.PREVIEW)[start : start + most]
    people = names([image.pk for image in rows])
    pictures = []
    for image in rows:
        preview = next(iter(image.renditions.all()), None)
        pictures.append(
            {
                "url": picture_url(image),
                "alt": ", ".join([*people.get(image.pk, ()), picture_words(image)]),
                "width": preview.width if preview else image.width,
                "height": preview.height if preview else image.height,
            }
        )
    return pictures


def _number(text: str | None) -> int:
    return min(whole_number(text) or 0, MOST_PICTURES)
