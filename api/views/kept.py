"""What is kept of an account: how much room it takes, and all of it as an archive."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from albums.services.downloading import data_export
from albums.services.upkeep import storage_use
from api.permissions import FACES
from api.schema import operation
from api.serializers.kept import ExportIn, StorageIn, StorageOut
from api.views.base import ApiView

TAG = "account"


class Storage(ApiView):
    """How much room."""

    @operation(
        "storage_get",
        tag=TAG,
        gives=StorageOut,
        query=[StorageIn],
        example={
            "originals": [{"kind": "photos", "label": "Original photos", "count": 5120, "bytes": 178342103}],
            "derived": None,
            "free_bytes": 214748364800,
        },
    )
    def get(self, _request: Request) -> Response:
        """What is kept of one's photos, and how much room it takes."""
        told = {
            "originals": storage_use.originals(self.user),
            "derived": storage_use.derived(self.user, fresh=self.asked(StorageIn)["count"]),
            "free_bytes": storage_use.free_bytes(),
        }
        return Response(self.shown(StorageOut, told))


class Export(ApiView):
    """All of it."""

    token_scopes = FACES

    @operation("me_export", tag=TAG, query=[ExportIn], media="application/zip")
    def get(self, _request: Request) -> StreamingHttpResponse:
        """Everything that is kept of the account as one zip, sent while it is made: it cannot go on later."""
        options = data_export.ExportOptions(**self.asked(ExportIn))
        name = _("trombine-export-%(day)s.zip") % {"day": timezone.localdate().isoformat()}
        return StreamingHttpResponse(
            data_export.export_stream(owner=self.user, options=options),
            content_type="application/zip",
            headers={
                "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "",
                "Cache-Control": "private, no-store",
            },
        )
