"""Files on their way in: at once, or in pieces that go on after a cut.

A file in pieces is announced with its digest (`uploads/`), and then sent piece by piece from the `offset` of
the last answer. The last piece answers with what became of it. The same file announced again goes on where it
stopped; one that is there already ends at once.
"""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from albums.exceptions import RefusalCode, UploadRefused
from albums.models import Album, Upload
from albums.services.core.limits import upload_limits
from albums.services.uploading.resumable_uploads import (
    UploadStep,
    file_take,
    upload_append,
    upload_begin,
    upload_finish,
)
from albums.services.uploading.uploads import StoreStatus
from albums.tasks import enqueue_reading, enqueue_unpacking
from api import throttles
from api.pagination import By
from api.rows import album_of
from api.schema import NO_ROOM, operation
from api.serializers.uploads import NewImageIn, UploadIn, UploadOut
from api.views.base import ApiView

TAG = "uploads"
OLDEST_FIRST = (By("created_at"), By("id"))
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
COMING = {
    "status": "go_on",
    "id": "0f0c7a52-6c1c-4a52-9d1a-6a3f2b8f3c11",
    "offset": 8388608,
    "size": 12582912,
    "image": None,
    "reason": "",
    "detail": "",
}
ADDED = {
    "status": "added",
    "id": None,
    "offset": None,
    "size": None,
    "image": 512,
    "reason": "",
    "detail": "",
}
OFFSET = OpenApiParameter(
    "Upload-Offset",
    {"type": "integer", "minimum": 0, "maximum": 2**53},
    OpenApiParameter.HEADER,
    required=True,
    description="where the piece begins",
)


class PieceTooLarge(APIException):
    """More than one piece may have."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "piece_too_large"
    default_detail = gettext_lazy("This piece is too large: the server says how large one may be.")


class Bytes(BaseParser):
    """The body as it is: a piece of a file. Raises PieceTooLarge."""

    media_type = "application/octet-stream"

    def parse(self, stream: object, media_type: object = None, parser_context: object = None) -> Any:
        """All of it, unless it is too much."""
        del media_type, parser_context
        most = upload_limits().piece_bytes
        piece: bytes = stream.read(most + 1)  # type: ignore[attr-defined]  # a request
        if len(piece) > most:
            raise PieceTooLarge
        return piece


class UploadView(ApiView):
    """What these have in common."""

    throttle_kind = throttles.UPLOAD

    def answer(self, step: UploadStep) -> Response:
        """Where the file stands; what has come in whole is handed to the workers."""
        if step.outcome is None:
            if step.upload is None:
                raise Http404
            if step.status == Upload.State.UNPACKING:
                enqueue_unpacking(step.upload.pk)
            return Response(self.shown(UploadOut, standing(step.upload)))
        outcome = step.outcome
        if outcome.code == RefusalCode.QUOTA_EXCEEDED:
            # It says nothing of the file, which can be sent again.
            raise UploadRefused(RefusalCode.QUOTA_EXCEEDED, dict(outcome.values))
        if outcome.status == StoreStatus.ADDED and outcome.image is not None:
            enqueue_reading([outcome.image.pk])
        told = {
            **dict.fromkeys(("id", "offset", "size")),
            "status": str(outcome.status),
            "image": outcome.image.pk if outcome.image is not None else None,
            "reason": str(outcome.code),
            "detail": outcome.why,
        }
        return Response(self.shown(UploadOut, told))


def standing(upload: Upload) -> dict[str, object]:
    """How far an upload is."""
    return {
        "status": "go_on" if upload.state == Upload.State.COMING else str(upload.state),
        "id": upload.pk,
        "offset": upload.received_bytes,
        "size": upload.size_bytes,
        "image": None,
        "reason": "",
        "detail": upload.why,
    }


class NewImage(UploadView):
    """At once."""

    parser_classes = (MultiPartParser,)

    @operation("image_upload", tag=TAG, takes=NewImageIn, gives=UploadOut, example=ADDED, also=NO_ROOM)
    def post(self, _request: Request) -> Response:
        """Send a photo, or a zip of photos, in one request. A worker reads it after that."""
        data = self.told(NewImageIn)
        album = album_of(self.user, data["album"], Album.objects.editable_by) if "album" in data else None
        name = data.get("path") or data["file"].name
        return self.answer(file_take(owner=self.user, file=data["file"], name=name, album=album))


class Uploads(UploadView):
    """In pieces."""

    @operation("uploads_list", tag=TAG, gives=UploadOut, many=True, example=COMING)
    def get(self, _request: Request) -> Response:
        """Files that are on their way: those that stopped half-way, and zips that are being taken apart."""
        rows = Upload.objects.visible_to(self.user)
        return self.page(UploadOut, rows, OLDEST_FIRST, row=standing)

    @operation(
        "upload_begin",
        tag=TAG,
        takes=UploadIn,
        gives=UploadOut,
        asked={"name": "2024/summer/beach.jpg", "size": 12582912, "sha256": DIGEST},
        example={**COMING, "offset": 0},
        also=NO_ROOM,
    )
    def post(self, _request: Request) -> Response:
        """Announce a file. `go_on`: send it from `offset`; anything else: it need not be sent."""
        data = self.told(UploadIn)
        if data["album"] is not None:
            data["album"] = album_of(self.user, data["album"], Album.objects.editable_by)
        return self.answer(upload_begin(owner=self.user, **data))


class OneUpload(UploadView):
    """One of them."""

    parser_classes = (Bytes,)

    @operation("upload_get", tag=TAG, gives=UploadOut, example=COMING)
    def get(self, _request: Request, pk: uuid.UUID) -> Response:
        """How far a file is."""
        return Response(self.shown(UploadOut, standing(self.one(pk))))

    @operation(
        "upload_append",
        tag=TAG,
        takes={"application/octet-stream": OpenApiTypes.BINARY},
        gives=UploadOut,
        query=[OFFSET],
        example=ADDED,
        also=NO_ROOM,
    )
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Send a piece of at most 8 MB. At another offset than the wanted one: `offset_differs` (409)."""
        given = request.headers.get("Upload-Offset", "")
        if not (given.isascii() and given.isdigit() and len(given) < 16):
            raise ValidationError({"Upload-Offset": [_("A whole number: where the piece begins.")]})
        self.one(pk)
        sent: Any = request.data
        piece = sent if isinstance(sent, bytes) else b""
        upload = upload_append(owner=self.user, upload_id=pk, offset=int(given), piece=piece)
        if upload.complete:
            return self.answer(upload_finish(owner=self.user, upload_id=pk))
        return self.answer(UploadStep("go_on", upload))

    @operation("upload_drop", tag=TAG, status=204)
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:
        """Drop what has come of a file."""
        self.one(pk).delete()
        return Response(status=204)

    def one(self, pk: uuid.UUID) -> Upload:
        """The upload. Raises Http404 when it is not there, or not this account's."""
        found = Upload.objects.visible_to(self.user).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found
