"""Dates, places, descriptions, tags and turns of photos by their owner: of one, or of those selected.

Each responds with the page before, or to a script with JSON: `message`, and `undo` with the `ids`, or for
very many photos `job`, which returns how far they are.
"""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext

from albums.edit_forms import (
    DateEditForm,
    DescriptionEditForm,
    EditForm,
    PlaceEditForm,
    TagsEditForm,
    TurnForm,
)
from albums.exceptions import JobRefused
from albums.http.action_responses import done, refused
from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_page_view, page_view
from albums.http.htmx import wants_json
from albums.http.id_params import posted_ids
from albums.http.job_texts import job_problem_text
from albums.http.redirects import redirect_to_referrer
from albums.http.toasts import toast
from albums.models import Image, PhotoChange
from albums.querysets import ImageQuerySet, among
from albums.services.editing.completions import COMPLETIONS
from albums.services.editing.photo_changes import photo_change_undo, photos_change
from albums.views.change_jobs import changed_text, followed, undone_text
from albums.views.selection import others_skipped

CHANGES_PER_PAGE = 50


@action_view
def set_date(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Set or move dates. POST: `DateEditForm`; image, unless the address names the photo; next."""
    return _edited(request, pk, DateEditForm(request.POST))


@action_view
def set_place(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Set the place. POST: `PlaceEditForm`, otherwise as `set_date`."""
    return _edited(request, pk, PlaceEditForm(request.POST))


@action_view
def describe(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Set the description. POST: `DescriptionEditForm`, otherwise as `set_date`."""
    return _edited(request, pk, DescriptionEditForm(request.POST))


@action_view
def tag(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add and remove tags. POST: `TagsEditForm`, otherwise as `set_date`."""
    return _edited(request, pk, TagsEditForm(request.POST))


@action_view
def turn(request: HttpRequest) -> HttpResponse:
    """Turn the selected photos by a quarter turn, in a job. POST: `TurnForm`; image."""
    return _edited(request, None, TurnForm(request.POST))


@action_view
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a change of photos. POST: next."""
    user = current_user(request)
    change = get_object_or_404(PhotoChange.objects.visible_to(user), pk=pk)
    try:
        undone = photo_change_undo(change=change, by=user)
    except ValidationError as error:
        return refused(request, " ".join(error.messages))
    except JobRefused as problem:
        return refused(request, job_problem_text(problem))
    if undone.job:
        return followed(request, undone.job)
    restored = undone.image_ids
    text = undone_text(change, len(restored))
    return done(request, text, to=redirect_to_referrer(request), ids=restored)


@page_view
def changes(request: HttpRequest) -> HttpResponse:
    """List the changes of photos, newest first, each with its undo."""
    rows = PhotoChange.objects.visible_to(current_user(request)).begun()
    page = Paginator(rows, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "albums/photo_changes.html", {"page": page})


@cacheable_page_view
def forms(request: HttpRequest) -> HttpResponse:
    """Return the dialogs of the selection bar, which a page loads when the first is opened."""
    return render(request, "albums/_selection_edits.html")


@cacheable_page_view
def completions(request: HttpRequest) -> HttpResponse:
    """Return what the typed text may begin, as JSON. GET: of (towns, tags, descriptions), q."""
    source = COMPLETIONS.get(request.GET.get("of", ""))
    choices = source(current_user(request), request.GET.get("q", "")[:200]) if source else []
    return JsonResponse({"choices": choices})


def _edited(request: HttpRequest, pk: int | None, form: EditForm) -> HttpResponse:
    user = current_user(request)
    ids = posted_ids(request, "image") if pk is None else [_own(user, pk).pk]
    if not ids:
        return refused(request, gettext("Select at least one photo first."))
    if not form.is_valid():
        return refused(request, form.problems)
    images: ImageQuerySet = Image.objects.filter(among("pk", ids))
    try:
        changed = photos_change(images=images, instruction=form.instruction(user), by=user)
    except JobRefused as problem:
        return refused(request, job_problem_text(problem))
    if changed.job:
        return followed(request, changed.job)
    message = changed_text(changed.change, changed.skipped) + others_skipped(user, ids)
    undo_url = reverse("albums:photo_change_undo", args=[changed.change.pk]) if changed.change else ""
    if wants_json(request):
        again = {"undo": undo_url} if undo_url else {}
        return JsonResponse({"message": message, "ids": changed.image_ids, **again})
    toast(request, message, undo=undo_url)
    return redirect_to_referrer(request)


def _own(user: User, pk: int) -> Image:
    return get_object_or_404(Image.objects.owned_by(user).only("pk"), pk=pk)
