"""Actions on the selected photos of a grid.

Each responds with a page, or to a script with JSON: `message`, and `url` or `undo` and `ids`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import cache_control

from albums.exceptions import JobFailed, JobRefused
from albums.forms import AlbumChoiceForm
from albums.http.action_responses import refused
from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_page_view
from albums.http.htmx import wants_json
from albums.http.id_params import posted_ids
from albums.http.job_texts import job_problem_text
from albums.http.redirects import redirect_to_referrer
from albums.http.toasts import toast, undo_address
from albums.models import Album, Image
from albums.number_formats import with_numbers
from albums.querysets import ImageQuerySet, among
from albums.services.arranging.albums import album_add_images, album_get_or_create, album_undo_proof
from albums.services.arranging.smart_albums import filled_by_hand
from albums.services.editing.instructions import photos_add_to_album, photos_move_to_bin
from albums.services.editing.photo_changes import many_photos_change
from albums.services.erasing.bin import images_bin
from albums.views.change_jobs import changed_by_job, followed
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
    existing, name = form.cleaned_data["album"], form.cleaned_data["new_album"]
    try:
        # A refused job leaves no new album.
        with transaction.atomic():
            album, created = (existing, False) if existing else _called(user, name)
            adding = photos_add_to_album(album=album, created=created)
            job = many_photos_change(ids=ids, instruction=adding, by=user).job
    except (JobRefused, JobFailed) as problem:
        return refused(request, job_problem_text(problem))
    if job:
        return followed(request, job)
    images = Image.objects.owned_by(user).filter(among("pk", ids))
    added = album_add_images(album=album, images=images.only("pk", "owner_id"), by=user)
    words = ngettext(
        "%(count)s photo added to “%(album)s”", "%(count)s photos added to “%(album)s”", len(added)
    )
    message = with_numbers(words, album=album.name, count=len(added)) + others_skipped(user, ids)
    url, undo = (reverse(f"albums:{view}", args=[album.pk]) for view in ("album", "album_undo"))
    proof = album_undo_proof(album=album, image_ids=added, by=user, added=True, created=created)
    if wants_json(request):
        again = {"undo": undo, "proof": proof} if added else {}
        return JsonResponse({"message": message, "url": url, **again})
    toast(request, message, undo=undo_address(undo, proof) if added else "")
    return redirect(url)


@action_view
def move_to_bin(request: HttpRequest) -> HttpResponse:
    """Move the selected photos of the user to the bin.

    POST: image, repeated; next; back, the page that an undo leads to.
    """
    user, ids = current_user(request), posted_ids(request, "image")
    if not ids:
        return refused(request, gettext("Select at least one photo first."))
    if by_job := changed_by_job(request, ids, photos_move_to_bin()):
        return by_job
    binned = images_bin(images=Image.objects.owned_by(user).filter(among("pk", ids)), by=user)
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
    count = Image.objects.visible_to(user).exclude(owner=user).filter(among("pk", list(ids))).count()
    text = ngettext(
        "%(count)s photo skipped: it belongs to someone else",
        "%(count)s photos skipped: they belong to someone else",
        count,
    )
    return f" {with_numbers(text, count=count)}" if count else ""


def selected(request: HttpRequest, images: ImageQuerySet) -> ImageQuerySet | None:
    """Return those of `images` that were selected; None if none was."""
    ids = posted_ids(request, "image")
    return images.filter(among("pk", ids)) if ids else None


def _called(user: User, name: str) -> tuple[Album, bool]:
    """Return the own album of this name, one that the user may edit, or a new one; and whether it is new."""
    own = Album.objects.owned_by(user).filter(name=name.strip()).first()
    editable = filled_by_hand(Album.objects.editable_by(user)).filter(name=name.strip())
    album = own or editable.order_by("pk").first()
    return (album, False) if album else (album_get_or_create(owner=user, name=name), True)
