"""Photos that come in through the browser."""

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from albums.forms import IdsField, UploadForm
from albums.models import Image
from albums.services.uploads import StoreOutcome, image_store
from albums.tasks import enqueue_reading
from albums.views.viewer import viewer

# More photos than these are not answered for at once.
MOST_ASKED_FOR = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file, for a person to read."""

    name: str
    status: str
    label: str
    image_id: int | None = None


def _outcome(name: str, stored: StoreOutcome) -> Outcome:
    match stored.status:
        case "added":
            # Only its header was looked at: whether it is whole shows when a worker reads it.
            return Outcome(name, "received", "received", stored.image.pk if stored.image else None)
        case "already_there":
            return Outcome(name, "already_there", "already there")
        case _:
            return Outcome(name, "refused", f"refused: {stored.reason}")


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
    found = _store(request, form.cleaned_data["photos"])
    if wants_json:
        return JsonResponse(
            {
                "files": [
                    {"name": one.name, "status": one.status, "label": one.label, "image": one.image_id}
                    for one in found
                ]
            }
        )
    counts = Counter(one.status for one in found)
    return render(
        request,
        "albums/upload.html",
        {
            "form": UploadForm(),
            "outcomes": found,
            "received_count": counts["received"],
            "known_count": counts["already_there"],
            "refused_count": counts["refused"],
        },
    )


@never_cache
@login_required
@require_safe
def outcomes(request: HttpRequest) -> HttpResponse:
    """What the workers have made of files that were received: ?image= for each, as JSON; in one query."""
    try:
        ids = IdsField().clean(request.GET.getlist("image"))
    except ValidationError:
        return JsonResponse({"errors": {"image": ["Name at least one photo by its number."]}}, status=400)
    images = Image.objects.visible_to(viewer(request)).filter(pk__in=ids[:MOST_ASKED_FOR]).order_by("pk")
    return JsonResponse({"files": [{"image": image.pk, **_read_outcome(image)} for image in images]})


def _read_outcome(image: Image) -> dict[str, str]:
    match image.state:
        case Image.State.READY:
            return {"status": "added", "label": "added"}
        case Image.State.REFUSED:
            return {"status": "refused", "label": f"refused: {image.detail or image.reason}"}
        case _:
            return {"status": "received", "label": "received"}


def _store(request: HttpRequest, files: "list[UploadedFile[Any]]") -> list[Outcome]:
    owner = viewer(request)
    found, new_ids = [], []
    for file in files:
        name = PurePosixPath(file.name or "").name or "photo"
        stored = image_store(owner=owner, source=file, source_path=name)
        found.append(_outcome(name, stored))
        if stored.status == "added" and stored.image is not None:
            new_ids.append(stored.image.pk)
    if new_ids:
        enqueue_reading(new_ids)
    return found
