"""Retry of failed scans."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from albums.http.current_user import current_user
from albums.http.decorators import action_view
from albums.http.id_params import posted_image_id
from albums.http.toasts import toast
from albums.number_formats import with_numbers
from faces.services.detecting.retries import scans_retry
from faces.tasks import enqueue_scans


@action_view
def retry(request: HttpRequest) -> HttpResponse:
    """Scan one photo again (`image`), or all that failed."""
    key = posted_image_id(request)
    ids = scans_retry(owner=current_user(request), image_ids=None if key is None else [key])
    if key is not None and not ids:
        raise Http404
    transaction.on_commit(lambda: enqueue_scans(ids), robust=True)
    text = ngettext("Scanning %(count)s photo again", "Scanning %(count)s photos again", len(ids))
    toast(request, with_numbers(text, count=len(ids)))
    return redirect("albums:settings_jobs")
