"""The bin: what was thrown away, for how long it is still there, and the ways back and out."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from albums.http.current_user import current_user
from albums.http.media import rendition_response
from albums.models import Image, Rendition
from albums.querysets import ImageQuerySet
from albums.services.erasing.bin import bin_deadline, images_expire, images_restore
from albums.tasks import enqueue_expiring
from albums.views.selection import EPOCH, page_before, refused, ticked, wants_json
from albums.views.tiles import COLUMNS, tile_of

PER_PAGE = 100
LAST_MOMENT = 2 * 10**17


@login_required
@require_safe
def the_bin(request: HttpRequest) -> HttpResponse:
    """Photos that were thrown away, the last first, each with the days that are left."""
    page = Paginator(_binned(request).only(*COLUMNS, "binned_at", "state"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    tiles = [{"tile": tile_of(image), "days": _days_left(image), "image": image} for image in page]
    return render(request, "albums/bin.html", {"page": page, "tiles": tiles, "days": settings.BIN_DAYS})


@login_required
@require_safe
def thumbnail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture of a photo in the bin, which has no other address any more."""
    image = get_object_or_404(_binned(request), pk=pk)
    return rendition_response(request, image, Rendition.Kind.THUMBNAIL)


@login_required
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Take the ticked photos back."""
    images = ticked(request, _binned(request))
    if images is None:
        return refused(request, gettext("Select at least one photo first."))
    return _restored(request, images)


@login_required
@require_POST
def undo(request: HttpRequest, moment: int) -> HttpResponse:
    """Take back what was thrown away together, at this moment (microseconds since 1970)."""
    if moment > LAST_MOMENT:
        raise Http404("no such moment")
    at = EPOCH + timedelta(microseconds=moment)
    return _restored(request, _binned(request).filter(binned_at=at))


@login_required
@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Ask, then erase the ticked photos for good."""
    images = ticked(request, _binned(request))
    if images is None:
        return refused(request, gettext("Select at least one photo first."))
    if request.POST.get("sure") == "yes":
        return _erased(request, images)
    ids = list(images.values_list("pk", flat=True))
    context = {"count": len(ids), "ids": ",".join(map(str, ids)), "everything": False}
    return render(request, "albums/bin_erase.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def empty(request: HttpRequest) -> HttpResponse:
    """Ask, then erase everything in the bin for good."""
    images = _binned(request)
    if request.method == "POST":
        return _erased(request, images)
    return render(request, "albums/bin_erase.html", {"count": images.count(), "everything": True})


def _binned(request: HttpRequest) -> ImageQuerySet:
    """What can still be taken back: the rest only waits for the clock to erase it."""
    mine = Image.objects.filter(owner=current_user(request)).binned()
    return mine.filter(binned_at__gt=bin_deadline())


def _restored(request: HttpRequest, images: ImageQuerySet) -> HttpResponse:
    count = len(images_restore(images=images, by=current_user(request)))
    message = ngettext("%(count)d photo restored", "%(count)d photos restored", count) % {"count": count}
    if not count:
        message = gettext("No photos restored: they are no longer in the bin.")
    if wants_json(request):
        return JsonResponse({"message": message})
    messages.success(request, message)
    return redirect(page_before(request))


def _erased(request: HttpRequest, images: ImageQuerySet) -> HttpResponse:
    count = images_expire(images=images, by=current_user(request))
    enqueue_expiring()
    message = ngettext("%(count)d photo permanently deleted", "%(count)d photos permanently deleted", count)
    messages.success(request, message % {"count": count})
    return redirect("albums:bin")


def _days_left(image: Image) -> int:
    thrown = image.binned_at or timezone.now()
    left = thrown + timedelta(days=settings.BIN_DAYS) - timezone.now()
    return max(1, -(-left // timedelta(days=1)))
