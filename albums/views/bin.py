"""The bin: the deleted photos, and how long each can be restored."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from albums.http.action_responses import done, refused
from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_form_view, cacheable_page_view
from albums.http.media import rendition_response
from albums.http.redirects import local_address, redirect_to_referrer
from albums.models import Image
from albums.number_formats import with_numbers
from albums.querysets import ImageQuerySet
from albums.services.erasing.bin import bin_deadline, images_expire, images_restore
from albums.tasks import enqueue_expiring
from albums.views.selection import EPOCH, selected
from albums.views.tiles import COLUMNS, Tile

PER_PAGE = 100
LAST_MOMENT = 2 * 10**17


@cacheable_page_view
def the_bin(request: HttpRequest) -> HttpResponse:
    """List the deleted photos, the last one first, each with the days that are left."""
    photos = _binned(request).only(*COLUMNS, "binned_at", "state")
    page = Paginator(photos, PER_PAGE).get_page(request.GET.get("page"))
    tiles = [{"tile": Tile(image), "days": _days_left(image), "image": image} for image in page]
    return render(request, "albums/bin.html", {"page": page, "tiles": tiles, "days": settings.BIN_DAYS})


@cacheable_page_view
def rendition(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Send a smaller copy of a deleted photo."""
    return rendition_response(request, get_object_or_404(_binned(request), pk=pk), kind)


@action_view
def restore(request: HttpRequest) -> HttpResponse:
    """Restore the selected photos."""
    images = selected(request, _binned(request))
    if images is None:
        return refused(request, gettext("Select at least one photo first."))
    return _restored(request, images)


@action_view
def undo(request: HttpRequest, moment: int) -> HttpResponse:
    """Restore the photos that were deleted together at a time, in microseconds since 1970.

    ?back=: the page to show then, in place of `next` in the form.
    """
    if moment > LAST_MOMENT:
        raise Http404("no such moment")
    at = EPOCH + timedelta(microseconds=moment)
    back = local_address(request, request.GET.get("back", ""))
    return _restored(request, _binned(request).filter(binned_at=at), back=back)


@action_view
def erase(request: HttpRequest) -> HttpResponse:
    """Confirm and erase the selected photos."""
    images = selected(request, _binned(request))
    if images is None:
        return refused(request, gettext("Select at least one photo first."))
    if request.POST.get("sure") == "yes":
        return _erased(request, images)
    ids = list(images.values_list("pk", flat=True))
    context = {"count": len(ids), "ids": ",".join(map(str, ids)), "everything": False}
    return render(request, "albums/bin_erase.html", context)


@cacheable_form_view
def empty(request: HttpRequest) -> HttpResponse:
    """Confirm and erase all photos in the bin."""
    images = _binned(request)
    if request.method == "POST":
        return _erased(request, images)
    return render(request, "albums/bin_erase.html", {"count": images.count(), "everything": True})


def _binned(request: HttpRequest) -> ImageQuerySet:
    """Return the photos that can be restored; older ones are about to be erased."""
    return Image.objects.filter(owner=current_user(request)).binned().filter(binned_at__gt=bin_deadline())


def _restored(request: HttpRequest, images: ImageQuerySet, *, back: str = "") -> HttpResponse:
    count = len(images_restore(images=images, by=current_user(request)))
    message = with_numbers(
        ngettext("%(count)s photo restored", "%(count)s photos restored", count), count=count
    )
    if not count:
        message = gettext("No photos restored: they are no longer in the bin.")
    return done(request, message, to=redirect(back) if back and count else redirect_to_referrer(request))


def _erased(request: HttpRequest, images: ImageQuerySet) -> HttpResponse:
    count = images_expire(images=images, by=current_user(request))
    enqueue_expiring()
    message = ngettext("%(count)s photo permanently deleted", "%(count)s photos permanently deleted", count)
    messages.success(request, with_numbers(message, count=count))
    return redirect("albums:bin")


def _days_left(image: Image) -> int:
    left = (image.binned_at or timezone.now()) + timedelta(days=settings.BIN_DAYS) - timezone.now()
    return max(1, -(-left // timedelta(days=1)))
