"""Uploads: in one request, or resumable in pieces.

A resumable upload is announced with its hash (`uploads/`). Its pieces are then sent from the `offset` of the
previous response; the response to the last piece has the result. Announcing the same file again resumes its
upload; a file that is in the library already is not uploaded.
"""

import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.parsers import BaseParser, MultiPartParser

from albums.exceptions import RefusalCode, UploadRefused
from albums.http.body_limits import photos, pieces
from albums.models import Album, UnpackedFile, Upload
from albums.ordering import Key
from albums.pagination import Page
from albums.services.core.row_ids import whole_number
from albums.services.uploading.resumable_uploads import (
    UploadStep,
    file_take,
    upload_begin,
    upload_ended,
    upload_receive,
)
from albums.services.uploading.uploads import StoreStatus
from albums.tasks import enqueue_reading, enqueue_unpacking
from api import throttles
from api.examples import VALUES
from api.lookups import get_album
from api.negotiation import ANY_FILE
from api.schema import NO_SPACE, Operation
from api.serializers.uploads import NewImageIn, UnpackedFileOut, UploadIn, UploadOut
from api.views.base import ApiView

OLDEST_FIRST = (Key("created_at"), Key("id"))
BY_POSITION = (Key("position"), Key("id"))
ADDED = {"status": "added", "id": None, "offset": None, "size": None, "image": 512}
OFFSET = OpenApiParameter(
    "Upload-Offset",
    {"type": "integer", "minimum": 0, "maximum": 2**53},
    OpenApiParameter.HEADER,
    required=True,
    description="position of the first byte of the piece",
)


class PieceTooLarge(APIException):
    """A piece that exceeds the limit."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "piece_too_large"
    default_detail = gettext_lazy("This piece is too large. The server's limits give the maximum.")


class PieceParser(BaseParser):
    """Reads the body as a piece of a file. Raises PieceTooLarge."""

    media_type = ANY_FILE

    def parse(self, stream: object, media_type: object = None, parser_context: object = None) -> Any:
        """Return the body, unless it exceeds the limit."""
        del media_type, parser_context
        limit = settings.UPLOAD_PIECE_BYTES
        piece: bytes = stream.read(limit + 1)  # type: ignore[attr-defined]  # a request
        if len(piece) > limit:
            raise PieceTooLarge
        return piece


class UploadView(ApiView):
    """Base of the views of uploads."""

    tag = "uploads"
    throttle_kind = throttles.UPLOAD

    def album(self, pk: int | None) -> Album | None:
        """Return the album to add photos to. Raises Http404."""
        return None if pk is None else get_album(self.user, pk, Album.objects.editable_by)

    def upload(self, pk: uuid.UUID) -> Upload:
        """Return an upload of the account. Raises Http404."""
        return get_object_or_404(Upload.objects.visible_to(self.user), pk=pk)

    def advance(self, step: UploadStep) -> dict[str, object]:
        """Return the state after a step. Queues the processing of a complete file."""
        outcome = step.outcome
        if outcome is None:
            if step.upload is None:
                raise NotFound
            if step.status == Upload.State.UNPACKING:
                enqueue_unpacking(step.upload.pk)
            return state_of(step.upload)
        if outcome.code == RefusalCode.QUOTA_EXCEEDED:
            # An error of the account, not of the file, which can be sent again.
            raise UploadRefused(RefusalCode.QUOTA_EXCEEDED, values=outcome.values)
        if outcome.status == StoreStatus.ADDED and outcome.image is not None:
            enqueue_reading([outcome.image.pk])
        return {
            **dict.fromkeys(("id", "offset", "size")),
            "status": str(outcome.status),
            "image": outcome.image.pk if outcome.image is not None else None,
            "reason": str(outcome.code),
            "detail": outcome.why,
        }


def state_of(upload: Upload) -> dict[str, object]:
    """Return the state of an unfinished upload."""
    return {
        "status": "go_on" if upload.state == Upload.State.COMING else str(upload.state),
        "id": upload.pk,
        "offset": upload.received_bytes,
        "size": upload.size_bytes,
        "image": None,
        "reason": upload.reason,
        "detail": upload.why,
    }


class NewImage(UploadView):
    """Upload a photo in one request."""

    parser_classes = (MultiPartParser,)
    takes_bodies = staticmethod(photos)

    @Operation("image_upload", request=NewImageIn, response=UploadOut, example=ADDED, errors=NO_SPACE)
    def post(self) -> dict[str, object]:
        """Upload a photo, or a zip of photos, in one request.

        The file is processed in the background afterwards.
        """
        data = self.validated_body(NewImageIn)
        file, album = data["file"], self.album(data.get("album"))
        return self.advance(
            file_take(owner=self.user, file=file, name=data.get("path") or file.name, album=album)
        )


class Uploads(UploadView):
    """List and start resumable uploads."""

    @Operation("uploads_list", response=UploadOut, many=True)
    def get(self) -> Page:
        """List unfinished uploads and zips that are being unpacked."""
        page = self.page(Upload.objects.visible_to(self.user), OLDEST_FIRST)
        page.rows[:] = map(state_of, page.rows)
        return page

    @Operation(
        "upload_begin",
        request=UploadIn,
        response=UploadOut,
        request_example={"name": VALUES["path"], "size": VALUES["size"], "sha256": VALUES["sha256"]},
        example={"offset": 0},
        errors=NO_SPACE,
    )
    def post(self) -> dict[str, object]:
        """Start or resume an upload.

        With the status `go_on`, send the file from `offset`; otherwise it needs no upload.
        """
        data = self.validated_body(UploadIn)
        return self.advance(upload_begin(owner=self.user, **{**data, "album": self.album(data["album"])}))


class UploadDetail(UploadView):
    """Retrieve, continue or cancel an upload."""

    parser_classes = (PieceParser,)
    takes_bodies = staticmethod(pieces)

    @Operation("upload_get", response=UploadOut)
    def get(self, pk: uuid.UUID) -> dict[str, object]:
        """Retrieve the state of an upload, for a day also of one that has ended with a photo."""
        found = Upload.objects.visible_to(self.user).filter(pk=pk).first()
        if found is not None:
            return state_of(found)
        if (ended := upload_ended(owner=self.user, upload_id=pk)) is None:
            raise Http404
        return self.advance(ended)

    @Operation(
        "upload_append",
        request={ANY_FILE: OpenApiTypes.BINARY},
        response=UploadOut,
        parameters=[OFFSET],
        example=ADDED,
        errors=NO_SPACE,
    )
    def patch(self, pk: uuid.UUID) -> dict[str, object]:
        """Send the next piece of a file.

        `piece_bytes` of the server's limits is the largest size. For another offset than the expected one,
        the error is `offset_differs` (409). If another client has sent the last piece meanwhile, the response
        is that of a file that is there already.
        """
        offset = whole_number(self.request.headers.get("Upload-Offset"))
        if offset is None:
            message = _("A whole number is required: the position of the first byte.")
            raise ValidationError({"Upload-Offset": [message]})
        data: Any = self.request.data
        piece = data if isinstance(data, bytes) else b""
        try:
            step = upload_receive(owner=self.user, upload_id=pk, offset=offset, piece=piece)
        except Upload.DoesNotExist as error:
            raise Http404 from error
        return self.advance(step)

    @Operation("upload_drop")
    def delete(self, pk: uuid.UUID) -> None:
        """Cancel an upload."""
        self.upload(pk).delete()


class UploadFiles(UploadView):
    """List the files of an uploaded zip."""

    @Operation("upload_files", response=UnpackedFileOut, many=True)
    def get(self, pk: uuid.UUID) -> Page:
        """List the files of an uploaded zip with their results."""
        return self.page(UnpackedFile.objects.filter(upload=self.upload(pk)), BY_POSITION)
