"""Resumable uploads over HTTP, as in `services.uploading.resumable_uploads`, for the upload page.

    POST   /uploads/       {"name", "size", "sha256", "album"?}   200 {"status", "label", "id"?, "offset"?, …}
    PATCH  /uploads/<id>/  Upload-Offset, the bytes as the body   200 {"status", "label", "offset"?, …}
    GET    /uploads/<id>/                                         200 {"status", "offset", …}
    DELETE /uploads/<id>/                                         204

`status` is "go_on" (send from `offset`), "unpacking" (a zip: see /uploads/<id>/), or an outcome: "received",
"already_there", "restored", "refused". A piece at another offset than the expected one is 409 with the
expected `offset`; one of more than 8 MB is 413; other bytes than the announced ones are 422 and are deleted;
too many uploads are 429, a full disk or account 507 with its `code`. Without a session the response is 401.
"""

import json
import logging
import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from albums.error_messages import refusal_message
from albums.exceptions import OffsetDiffers, RefusalCode, UploadRefused
from albums.forms import BeginUploadForm
from albums.http.body_limits import pieces, takes_bodies
from albums.http.current_user import current_user
from albums.http.decorators import action_view
from albums.http.htmx import script_error, wants_json
from albums.http.upload_messages import stored_outcome, unpacked_outcome
from albums.models import Upload
from albums.number_formats import with_numbers
from albums.services.core.row_ids import whole_number
from albums.services.uploading.resumable_uploads import (
    UploadStep,
    upload_begin,
    upload_ended,
    upload_receive,
)
from albums.services.uploading.uploads import StoreStatus
from albums.tasks import enqueue_reading, enqueue_unpacking

logger = logging.getLogger(__name__)

FILES_PER_PAGE = 100
# Refused files of a zip in a response; all of them are on the page of the zip.
MAX_REFUSED_SHOWN = 50
_READ_AT_ONCE = 2**16
_STATUS_OF_REFUSAL = {
    RefusalCode.FULL: HTTPStatus.TOO_MANY_REQUESTS,
    RefusalCode.NO_ROOM: HTTPStatus.INSUFFICIENT_STORAGE,
    RefusalCode.QUOTA_EXCEEDED: HTTPStatus.INSUFFICIENT_STORAGE,
    RefusalCode.TOO_LONG: HTTPStatus.BAD_REQUEST,
}


@never_cache
@login_required
@require_POST
def uploads(request: HttpRequest) -> HttpResponse:
    """Announce a file."""
    try:
        data = json.loads(request.body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return _error(HTTPStatus.BAD_REQUEST, _("Send a JSON object with name, size and sha256."))
    form = BeginUploadForm(data, user=current_user(request))
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=HTTPStatus.BAD_REQUEST)
    try:
        step = upload_begin(owner=current_user(request), **form.cleaned_data)
    except UploadRefused as refusal:
        return _refusal(refusal)
    return _answer(step, form.cleaned_data["name"])


@takes_bodies(pieces)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show, continue or delete an upload."""
    if request.method == "PATCH":
        return _append(request, pk)
    found = Upload.objects.visible_to(current_user(request)).filter(pk=pk).first()
    if found is None:
        ended = upload_ended(owner=current_user(request), upload_id=pk)
        if ended is None or request.method == "DELETE":
            raise Http404
        return _answer(ended)
    if request.method == "DELETE":
        found.delete()
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if wants_json(request):
        return JsonResponse(_state(found))
    page = Paginator(found.files.select_related("image"), FILES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "upload": found,
        "state": _state(found),
        "page": page,
        "outcomes": [unpacked_outcome(file) for file in page],
    }
    return render(request, "albums/upload_zip.html", context)


@action_view
def drop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete an unfinished upload, from the upload page."""
    found = get_object_or_404(Upload.objects.visible_to(current_user(request)).unfinished(), pk=pk)
    found.delete()
    messages.success(request, _("“%(name)s” discarded") % {"name": found.name})
    return redirect("albums:upload")


def _append(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    offset = whole_number(request.headers.get("Upload-Offset"))
    if offset is None:
        return _error(
            HTTPStatus.BAD_REQUEST, _("The header Upload-Offset must give the offset of the chunk.")
        )
    # Read before the row is locked, which may take long on a slow connection.
    piece = _body(request, settings.UPLOAD_PIECE_BYTES)
    if piece is None:
        return _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("A chunk may be at most 8 MB."))
    owner = current_user(request)
    try:
        step = upload_receive(owner=owner, upload_id=pk, offset=offset, piece=piece)
    except Upload.DoesNotExist as error:
        raise Http404 from error
    except OffsetDiffers as differs:
        return JsonResponse({"offset": differs.received}, status=HTTPStatus.CONFLICT)
    except UploadRefused as refusal:
        return _refusal(refusal)
    except OSError:
        logger.exception("A piece of upload %s could not be saved", pk)
        message = _("The file could not be saved: the disk may be full.")
        return _error(HTTPStatus.INSUFFICIENT_STORAGE, message, code="no_room")
    return _answer(step)


def _body(request: HttpRequest, most: int) -> bytes | None:
    """Return the body, incomplete after an interruption; None if it is too large."""
    body = bytearray()
    try:
        while part := request.read(_READ_AT_ONCE):
            body += part
            if len(body) > most:
                return None
    except UnreadablePostError:
        logger.info("A piece was interrupted after %s bytes", len(body))
    return bytes(body)


def _answer(step: UploadStep, name: str = "") -> JsonResponse:
    """Return the step as JSON, and enqueue complete photos and zips. name: of a file without a photo."""
    if step.outcome is None:
        if step.upload is None:
            raise Http404
        if step.status == Upload.State.UNPACKING:
            enqueue_unpacking(step.upload.pk)
        return JsonResponse({**_state(step.upload), "status": step.status})
    if step.outcome.status == StoreStatus.ADDED and step.outcome.image is not None:
        enqueue_reading([step.outcome.image.pk])
    name = name or (step.outcome.image.name if step.outcome.image else "")
    damaged = step.outcome.code == RefusalCode.DAMAGED_ON_THE_WAY
    return JsonResponse(
        {**stored_outcome(name, step.outcome).as_json(), "code": step.outcome.code},
        status=HTTPStatus.UNPROCESSABLE_ENTITY if damaged else HTTPStatus.OK,
    )


def _state(upload: Upload) -> dict[str, Any]:
    """Return the state of an upload; of a zip also the counts of its files, and refused ones."""
    state: dict[str, Any] = {
        "id": str(upload.pk),
        "name": upload.name,
        "status": "go_on" if upload.state == Upload.State.COMING else upload.state,
        "offset": upload.received_bytes,
        "size": upload.size_bytes,
        "label": upload.why,
    }
    if upload.state != Upload.State.COMING:
        counts = upload.files.counts()
        refused = upload.files.refused().select_related("image")[:MAX_REFUSED_SHOWN]
        state |= {
            "files": upload.file_count,
            **counts,
            "refused_files": [unpacked_outcome(file).as_json() for file in refused],
            "label": upload.why or _zip_label(upload, counts),
        }
    return state


def _zip_label(upload: Upload, counts: dict[str, int]) -> str:
    numbers = {**counts, "done": sum(counts.values()), "files": upload.file_count}
    if upload.state == Upload.State.UNPACKING:
        if not upload.file_count:
            return _("waiting to be unpacked")
        return with_numbers(_("%(done)s of %(files)s files unpacked"), **numbers)
    label = with_numbers(
        _("%(received)s uploaded, %(already_there)s duplicates, %(refused)s not added"), **numbers
    )
    if skipped := upload.reason_values.get("skipped"):
        more = ngettext("%(count)s other file skipped", "%(count)s other files skipped", skipped)
        label = f"{label}; {with_numbers(more, count=skipped)}"
    return label


def _refusal(refusal: UploadRefused) -> JsonResponse:
    message = refusal_message(refusal.code, refusal.values)
    return _error(_STATUS_OF_REFUSAL[refusal.code], message, code=refusal.code)


def _error(status: HTTPStatus, message: str, *, code: str = "") -> JsonResponse:
    return script_error(status, code, message)
