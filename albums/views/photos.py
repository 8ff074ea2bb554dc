"""One photo's page, and the list of refused files."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from albums.models import Album, Image, Rendition
from albums.querysets import ImageQuerySet
from albums.views.viewer import viewer

REFUSED_PER_PAGE = 100
# More albums than this are not offered in the list under the grid.
ALBUM_CHOICES = 500


@login_required
@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """One photo with its facts. With ?album= the arrows stay inside that album."""
    user = viewer(request)
    mine = Image.objects.visible_to(user)
    image = get_object_or_404(mine, pk=pk)
    album_key = request.GET.get("album", "")
    album = (
        Album.objects.visible_to(user).filter(pk=album_key).first()
        if album_key.isascii() and album_key.isdigit() and len(album_key) < 18
        else None
    )
    among = mine.ready() if album is None else mine.ready().filter(albums=album)
    before, after = neighbours(among, image)
    query = "" if album is None else f"?album={album.pk}"
    return render(
        request,
        "albums/photo.html",
        {
            "image": image,
            "preview": image.renditions.filter(kind=Rendition.Kind.PREVIEW).first(),
            "image_albums": image.albums.all(),
            "previous_url": before and reverse("albums:photo", args=[before]) + query,
            "next_url": after and reverse("albums:photo", args=[after]) + query,
            "back_url": reverse("albums:photos")
            if album is None
            else reverse("albums:album", args=[album.pk]),
            "back_label": "Photos" if album is None else album.name,
        },
    )


def neighbours(among: ImageQuerySet, image: Image) -> tuple[int | None, int | None]:
    """Return the ids of the photos before and after `image` in the order of the grid.

    The order is Image.Meta.ordering: newest capture first, photos without a date last, then newest added.
    """
    added_later = Q(added_at__gt=image.added_at) | Q(added_at=image.added_at, pk__gt=image.pk)
    added_sooner = Q(added_at__lt=image.added_at) | Q(added_at=image.added_at, pk__lt=image.pk)
    if image.captured_at is None:
        earlier_in_grid = Q(captured_at__isnull=False) | (Q(captured_at=None) & added_later)
        later_in_grid = Q(captured_at=None) & added_sooner
    else:
        same_moment = Q(captured_at=image.captured_at)
        earlier_in_grid = Q(captured_at__gt=image.captured_at) | (same_moment & added_later)
        later_in_grid = (
            Q(captured_at__lt=image.captured_at) | Q(captured_at=None) | (same_moment & added_sooner)
        )
    return (
        among.filter(earlier_in_grid).reverse().values_list("pk", flat=True).first(),
        among.filter(later_in_grid).values_list("pk", flat=True).first(),
    )


@login_required
@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    """Files that did not become photos, each with its reason."""
    files = Image.objects.visible_to(viewer(request)).refused().order_by("-added_at", "-pk")
    page = Paginator(files, REFUSED_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "albums/refused.html", {"page": page})
