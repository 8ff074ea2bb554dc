"""Progress of the work on the user's photos: a strip on every page, a page, and JSON."""

import time
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from albums.http.current_user import current_user
from albums.http.decorators import page_view
from albums.http.htmx import HtmxRequest, wants_json
from albums.services.core.progress import stages, work_left

FIRST_AGAIN_SECONDS = 2
COUNTING_SHARE = 0.05
"""The share of time that counting a large library may take while a page is open."""


@page_view
def progress(request: HtmxRequest) -> HttpResponse:
    """Return the strip to htmx, JSON to a script, or a page."""
    owner_id = current_user(request).pk
    if request.htmx:
        strip = _strip(owner_id, was_busy=request.GET.get("was") == "busy")
        return render(request, "albums/_progress.html", strip)
    found = stages(owner_id)
    busy = any(not stage.finished for stage in found)
    if wants_json(request):
        return JsonResponse(
            {"busy": busy, "stages": [{**asdict(stage), "finished": stage.finished} for stage in found]}
        )
    return render(request, "albums/progress.html", {"stages": found, "busy": busy})


def _strip(owner_id: int, *, was_busy: bool) -> dict[str, Any]:
    """Return the context of the strip. Every page loads it, so nothing is counted when no work is left."""
    busy = work_left(owner_id)
    began = time.monotonic()
    found = stages(owner_id) if busy or was_busy else []
    took = time.monotonic() - began
    again = max(FIRST_AGAIN_SECONDS, round(took / COUNTING_SHARE))
    return {"stages": found, "busy": busy, "was_busy": was_busy, "again_seconds": again}
