"""Progress of the work on the user's photos: a strip on every page, a page, and JSON."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from albums.http.current_user import current_user
from albums.http.decorators import page_view
from albums.http.htmx import HtmxRequest, wants_json
from albums.services.core.progress import stages, work_left
from albums.services.core.row_ids import whole_number

T = TypeVar("T")

FIRST_AGAIN_SECONDS = 2
COUNTING_SHARE = 0.05
"""The share of time that counting a large library may take while a page is open."""


@page_view
def progress(request: HtmxRequest) -> HttpResponse:
    """Return the strip to htmx, JSON to a script, or a page."""
    owner_id = current_user(request).pk
    if request.htmx:
        failed_before = request.GET.get("failed", "")
        strip = _strip(owner_id, was_busy=request.GET.get("was") == "busy", failed_before=failed_before)
        return render(request, "albums/_progress.html", strip)
    found = stages(owner_id)
    busy = any(not stage.finished for stage in found)
    if wants_json(request):
        return JsonResponse(
            {"busy": busy, "stages": [{**asdict(stage), "finished": stage.finished} for stage in found]}
        )
    return render(request, "albums/progress.html", {"stages": found, "busy": busy})


def counted(count: Callable[[], T]) -> tuple[T, int]:
    """Return what `count` returns, and after how many seconds a page may call it again."""
    began = time.monotonic()
    found = count()
    took = time.monotonic() - began
    return found, max(FIRST_AGAIN_SECONDS, round(took / COUNTING_SHARE))


def _strip(owner_id: int, *, was_busy: bool, failed_before: str) -> dict[str, Any]:
    """Return the context of the strip. Every page loads it, so nothing is counted when no work is left.

    failed_before: the failures of each stage when the strip appeared, which it does not count.
    """
    busy = work_left(owner_id)
    found, again = counted(lambda: stages(owner_id) if busy or was_busy else [])
    before = [whole_number(part) or 0 for part in failed_before.split("-")]
    if len(before) != len(found):
        before = [stage.failed for stage in found]
    return {
        "stages": found,
        "shown": [(stage, max(stage.failed - old, 0)) for stage, old in zip(found, before, strict=True)],
        "failed_before": "-".join(map(str, before)),
        "busy": busy,
        "was_busy": was_busy,
        "again_seconds": again,
    }
