"""Photos that come in through the browser."""

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from albums.forms import UploadForm
from albums.services.uploads import StoreOutcome, image_store
from albums.tasks import enqueue_reading
from albums.views.viewer import viewer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file, for a person to read."""

    name: str
    status: str
    label: str


def _outcome(name: str, stored: StoreOutcome) -> Outcome:
    match stored.status:
        case "added":
            label = "added"
        case "already_there":
            label = "already there"
        case _:
            label = f"refused: {stored.reason}"
    return Outcome(name=name, status=str(stored.status), label=label)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take files. A script gets JSON, a plain form the page with what became of each file."""
    wants_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    if request.method != "POST":
        return render(request, "albums/upload.html", {"form": UploadForm()})
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        if wants_json:
            return JsonResponse({"errors": form.errors}, status=400)
        return render(request, "albums/upload.html", {"form": form}, status=400)
    outcomes = _store(request, form.cleaned_data["photos"])
    if wants_json:
        return JsonResponse(
            {"files": [{"name": one.name, "status": one.status, "label": one.label} for one in outcomes]}
        )
    counts = Counter(one.status for one in outcomes)
    return render(
        request,
        "albums/upload.html",
        {
            "form": UploadForm(),
            "outcomes": outcomes,
            "added_count": counts["added"],
            "known_count": counts["already_there"],
            "refused_count": counts["refused"],
        },
    )


def _store(request: HttpRequest, files: "list[UploadedFile[Any]]") -> list[Outcome]:
    owner = viewer(request)
    outcomes, new_ids = [], []
    for file in files:
        name = PurePosixPath(file.name or "").name or "photo"
        stored = image_store(owner=owner, source=file, source_path=name)
        outcomes.append(_outcome(name, stored))
        if stored.status == "added" and stored.image is not None:
            new_ids.append(stored.image.pk)
    if new_ids:
        enqueue_reading(new_ids)
    return outcomes
