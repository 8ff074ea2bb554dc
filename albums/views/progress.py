"""How far the work on one's photos is: a strip for every page, a page of its own, and JSON."""

from dataclasses import asdict

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from albums.services.progress import stages
from albums.views.viewer import viewer


@never_cache
@login_required
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Answer htmx with the strip, a program with JSON, a person with a page."""
    found = stages(viewer(request).pk)
    busy = any(not stage.finished for stage in found)
    if request.headers.get("HX-Request"):
        context = {"stages": found, "busy": busy, "was_busy": request.GET.get("was") == "busy"}
        return render(request, "albums/_progress.html", context)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(
            {"busy": busy, "stages": [{**asdict(stage), "finished": stage.finished} for stage in found]}
        )
    return render(request, "albums/progress.html", {"stages": found, "busy": busy})
