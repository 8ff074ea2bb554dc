"""Another try for photos in which faces could not be looked for."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from albums.http.current_user import current_user
from albums.http.id_params import posted_image_id
from albums.http.toasts import toast
from faces.services.detecting.retries import scans_retry
from faces.tasks import enqueue_scans


@login_required
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Look at one photo again (`image`), or at all that failed."""
    key = posted_image_id(request)
    ids = scans_retry(owner=current_user(request), image_ids=None if key is None else [key])
    if key is not None and not ids:
        raise Http404
    transaction.on_commit(lambda: enqueue_scans(ids), robust=True)
    count = len(ids)
    toast(
        request,
        ngettext("Scanning %(count)d photo again", "Scanning %(count)d photos again", count)
        % {"count": count},
    )
    return redirect("albums:settings_jobs")
