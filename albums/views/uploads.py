"""The upload page: photos from a form, and the progress of their processing."""

from collections import Counter
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from albums.forms import UploadForm
from albums.http.body_limits import photos, takes_bodies
from albums.http.current_user import current_user
from albums.http.decorators import cacheable_form_view, page_view
from albums.http.htmx import wants_json
from albums.http.id_params import row_ids
from albums.http.upload_messages import Outcome, read_outcome, stored_outcome
from albums.models import Album, Image, SelectedFile, Upload
from albums.number_formats import with_numbers
from albums.services.arranging.smart_albums import filled_by_hand
from albums.services.uploading.resumable_uploads import file_take
from albums.services.uploading.upload_progress import batch_stages
from albums.tasks import enqueue_reading, enqueue_unpacking

# Photos in one response of `outcomes`.
MAX_OUTCOMES = 100
# Unfinished uploads and zips on the page.
MAX_LISTED = 50
ALBUM_CHOICES = 200


@takes_bodies(photos)
@cacheable_form_view
def upload(request: HttpRequest) -> HttpResponse:
    """Store files, and return their outcomes as a page or as JSON."""
    user = current_user(request)
    if request.method != "POST":
        return render(request, "albums/upload.html", _page(request, form=UploadForm(user=user)))
    since = timezone.now()
    form = UploadForm(request.POST, request.FILES, user=user)
    if not form.is_valid():
        if wants_json(request):
            return JsonResponse({"errors": form.errors}, status=400)
        return render(request, "albums/upload.html", _page(request, form=form), status=400)
    found = _store(request, form.cleaned_data["photos"], form.cleaned_data["album"])
    if wants_json(request):
        return JsonResponse({"files": [one.as_json() for one in found]})
    stages = batch_stages(owner=user, since=since)
    unpacking = any(one.status == "unpacking" for one in found)
    context = {
        **_page(request, form=UploadForm(user=user)),
        **_so_far(since, stages, unpacking=unpacking),
        "outcomes": found,
        "summary": _summary(found),
    }
    return render(request, "albums/upload.html", context)


@page_view
def outcomes(request: HttpRequest) -> HttpResponse:
    """Return the outcomes of reading uploaded photos as JSON. GET: image, repeated."""
    ids = row_ids(request.GET.getlist("image"))
    if not ids:
        return JsonResponse({"errors": {"image": [_("Give at least one photo id.")]}}, status=400)
    images = Image.objects.owned_by(current_user(request)).filter(pk__in=ids[:MAX_OUTCOMES]).order_by("pk")
    found = [(image, read_outcome(image)) for image in images]
    return JsonResponse(
        {"files": [{"image": image.pk, "status": one.status, "label": one.label} for image, one in found]}
    )


@page_view
def so_far(request: HttpRequest) -> HttpResponse:
    """Return the progress of uploads since ?since= as a fragment, which reloads while work is left."""
    try:
        since = parse_datetime(request.GET.get("since", ""))
    except ValueError:
        since = None
    if since is None or timezone.is_naive(since):
        return HttpResponseBadRequest(_("Missing start time, for example ?since=2024-05-01T12:00:00Z"))
    user = current_user(request)
    stages = batch_stages(owner=user, since=since)
    unpacking = Upload.objects.visible_to(user).unpacking().exists()
    return render(request, "albums/_upload_so_far.html", _so_far(since, stages, unpacking=unpacking))


def _so_far(since: datetime, stages: list[Any], *, unpacking: bool) -> dict[str, Any]:
    busy = unpacking or any(not stage.finished for stage in stages)
    return {"since": since, "stages": stages, "busy": busy}


def _page(request: HttpRequest, *, form: UploadForm) -> dict[str, Any]:
    user = current_user(request)
    choices = filled_by_hand(Album.objects.editable_by(user))
    uploads = Upload.objects.visible_to(user).order_by("-changed_at", "pk")
    unfinished = uploads.unfinished()
    return {
        "form": form,
        "since": timezone.now(),
        "unfinished": unfinished[:MAX_LISTED],
        # What began is listed there.
        "selected": SelectedFile.objects.owned_by(user).exclude(name__in=unfinished.values("name"))[
            :MAX_LISTED
        ],
        "zips": uploads.exclude(state=Upload.State.COMING)[:MAX_LISTED],
        "albums": choices.order_by("name", "pk").only("name")[:ALBUM_CHOICES],
        "selected_album": request.POST.get("album") or request.GET.get("album") or "",
    }


def _summary(found: list[Outcome]) -> str:
    """Return the outcomes as one line."""
    counts = Counter(one.status for one in found)
    parts = [
        with_numbers(
            ngettext("%(count)s uploaded", "%(count)s uploaded", counts["received"]),
            count=counts["received"],
        ),
        with_numbers(
            ngettext("%(count)s duplicate", "%(count)s duplicates", counts["already_there"]),
            count=counts["already_there"],
        ),
        with_numbers(
            ngettext("%(count)s not added", "%(count)s not added", counts["refused"]),
            count=counts["refused"],
        ),
    ]
    if counts["restored"]:
        words = ngettext(
            "%(count)s restored from the bin", "%(count)s restored from the bin", counts["restored"]
        )
        parts.append(with_numbers(words, count=counts["restored"]))
    if counts["unpacking"]:
        words = ngettext("%(count)s zip to unpack", "%(count)s zips to unpack", counts["unpacking"])
        parts.append(with_numbers(words, count=counts["unpacking"]))
    return ", ".join(parts)


def _store(request: HttpRequest, files: "list[UploadedFile[Any]]", album: Album | None) -> list[Outcome]:
    found, new_ids = [], []
    for file in files:
        name = PurePosixPath(file.name or "").name or "photo"
        step = file_take(owner=current_user(request), file=file, name=name, album=album)
        if step.upload is not None:
            enqueue_unpacking(step.upload.pk)
            found.append(Outcome(name, "unpacking", _("uploaded, unpacking…")))
        if step.outcome is not None:
            found.append(stored_outcome(name, step.outcome))
            if step.outcome.status == "added" and step.outcome.image is not None:
                new_ids.append(step.outcome.image.pk)
    if new_ids:
        enqueue_reading(new_ids)
    return found
