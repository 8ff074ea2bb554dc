"""The files that are selected for an upload, which the browser announces at once."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from albums.forms import AlbumTargetForm, SelectedFileForm
from albums.http.current_user import current_user
from albums.http.decorators import action_view
from albums.services.uploading.selected_files import Choice, files_select, files_unselect

MAX_AT_ONCE = 1000


@action_view
def select(request: HttpRequest) -> HttpResponse:
    """Note files that are going to be sent. POST: JSON with files, each with name and size, and album."""
    user, data = current_user(request), _json(request)
    form = AlbumTargetForm(data or {}, user=user)
    files = _files(data)
    if files is None or not form.is_valid():
        return _bad_request()
    listed = files_select(owner=user, files=files, album=form.cleaned_data["album"])
    return JsonResponse({"listed": listed})


@action_view
def unselect(request: HttpRequest) -> HttpResponse:
    """Forget files of which nothing is going to be sent. POST: JSON with files; or a form with `all`."""
    user = current_user(request)
    if request.POST.get("all"):
        files_unselect(owner=user)
        messages.success(request, _("List of unsent files discarded"))
        return redirect("albums:upload")
    files = _files(_json(request))
    if files is None:
        return _bad_request()
    files_unselect(owner=user, files=files)
    return HttpResponse(status=204)


def _json(request: HttpRequest) -> dict[str, Any] | None:
    try:
        data = json.loads(request.body)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def _files(data: dict[str, Any] | None) -> list[Choice] | None:
    """Return the files of a request; None if any of them is malformed."""
    rows = data.get("files") if data else None
    if not isinstance(rows, list) or len(rows) > MAX_AT_ONCE:
        return None
    files = []
    for row in rows:
        form = SelectedFileForm(row if isinstance(row, dict) else {})
        if not form.is_valid():
            return None
        files.append(Choice(form.cleaned_data["name"], form.cleaned_data["size"]))
    return files


def _bad_request() -> HttpResponse:
    message = _("Send a JSON object with files, at most 1000, each with name and size.")
    return JsonResponse({"errors": {"files": [message]}}, status=400)
