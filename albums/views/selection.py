"""Actions on the selected photos of a grid.

Each responds with a page, or to a script with JSON: `message`, and `url` or `undo` and `ids`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import cache_control

from albums.forms import AlbumChoiceForm
from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_page_view
from albums.http.htmx import wants_json
from albums.http.id_params import posted_ids
from albums.http.redirects import redirect_to_referrer
from albums.http.toasts import toast
from albums.models import Album, Image
from albums.number_formats import with_numbers
from albums.querysets import ImageQuerySet
from albums.services.arranging.albums import album_add_images, album_get_or_create
from albums.services.arranging.smart_albums import filled_by_hand
from albums.services.erasing.bin import images_bin
from albums.views.photo_navigation import named_lists

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@action_view
def selection(request: HttpRequest) -> HttpResponse:
    """Add the selected photos to an album, by its id or name, or to a new one."""
    user = current_user(request)
    form, ids = AlbumChoiceForm(request.POST, user=user), posted_ids(request, "image")
    if not ids:
        return refused(request, gettext("Select at least one photo first."))
    if not form.is_valid():
        return refused(request, form.problems)
    images = Image.objects.owned_by(user).filter(pk__in=ids)
    album = form.cleaned_data["album"] or _album_called(user, form.cleaned_data["new_album"])
    added = album_add_images(album=album, images=images.only("pk", "owner_id"), by=user)
    words = ngettext("%(count)s photo added to “%(album)s”", "%(count)s photos added to “%(album)s”", added)
    message = with_numbers(words, album=album.name, count=added)
    url = reverse("albums:album", args=[album.pk])
    return done(request, message + others_skipped(user, ids), to=redirect(url), url=url)


@action_view
def move_to_bin(request: HttpRequest) -> HttpResponse:
    """Move the selected photos of the user to the bin.

    POST: image, repeated; next; back, the page that an undo leads to.
    """
    user, ids = current_user(request), posted_ids(request, "image")
    if not ids:
        return refused(request, gettext("Select at least one photo first."))
    binned = images_bin(images=Image.objects.owned_by(user).filter(pk__in=ids), by=user)
    count = len(binned.image_ids)
    if not count:
        return refused(request, gettext("No photos deleted: they belong to someone else or no longer exist."))
    words = ngettext("%(count)s photo moved to the bin", "%(count)s photos moved to the bin", count)
    message = with_numbers(words, count=count)
    message += others_skipped(user, ids)
    undo = reverse("albums:bin_undo", args=[(binned.at - EPOCH) // timedelta(microseconds=1)])
    if wants_json(request):
        return JsonResponse({"message": message, "undo": undo, "ids": binned.image_ids})
    if back := request.POST.get("back", ""):
        undo += f"?{urlencode({'back': back})}"
    toast(request, message, undo=undo)
    return redirect_to_referrer(request)


@cacheable_page_view
@cache_control(private=True, no_cache=True)
def list_ids(request: HttpRequest) -> HttpResponse:
    """Return the ids of all photos of a list as JSON; its parameter is that of a photo's address."""
    found = next(named_lists(request, current_user(request)), None)
    if found is None:
        raise Http404("no such list")
    return JsonResponse({"ids": list(found.images.values_list("pk", flat=True))})


def others_skipped(user: User, ids: Iterable[int]) -> str:
    """Return text about visible photos of others, which are skipped; empty if there are none."""
    count = Image.objects.visible_to(user).exclude(owner=user).filter(pk__in=ids).count()
    text = ngettext(
        "%(count)s photo skipped: it belongs to someone else",
        "%(count)s photos skipped: they belong to someone else",
        count,
    )
    return f" {with_numbers(text, count=count)}" if count else ""


def selected(request: HttpRequest, images: ImageQuerySet) -> ImageQuerySet | None:
    """Return those of `images` that were selected; None if none was."""
    ids = posted_ids(request, "image")
    return images.filter(pk__in=ids) if ids else None


def refused(request: HttpRequest, problem: str) -> HttpResponse:
    """Show an error on the page before, or return it to a script."""
    if wants_json(request):
        return JsonResponse({"message": problem}, status=400)
    messages.error(request, problem)
    return redirect_to_referrer(request)


def done(request: HttpRequest, message: str, *, to: HttpResponse, **data: object) -> HttpResponse:
    """Show a message on the next page, or return it to a script with more data."""
    if wants_json(request):
        return JsonResponse({"message": message, **data})
    messages.success(request, message)
    return to


def _album_called(user: User, name: str) -> Album:
    """Return the own album of this name, one that the user may edit, or a new one."""
    own = Album.objects.owned_by(user).filter(name=name.strip()).first()
    editable = filled_by_hand(Album.objects.editable_by(user)).filter(name=name.strip())
    return own or editable.order_by("pk").first() or album_get_or_create(owner=user, name=name)
