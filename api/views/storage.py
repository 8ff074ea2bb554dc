"""Storage use and export of an account."""

from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from albums.services.downloading import data_export
from albums.services.upkeep import storage_use
from api.schema import Operation
from api.serializers.storage import ExportIn, StorageIn, StorageOut
from api.views.base import ApiView, FacesView


class Storage(ApiView):
    """Retrieve the storage use."""

    tag = "account"

    @Operation("storage_get", response=StorageOut, parameters=[StorageIn], example={"derived": None})
    def get(self) -> dict[str, Any]:
        """Retrieve what the account stores and how much space it takes."""
        return {
            "originals": storage_use.originals(self.user),
            "derived": storage_use.derived(self.user, fresh=self.validated_query(StorageIn)["count"]),
            "free_bytes": storage_use.free_bytes(),
        }


class Export(FacesView):
    """Download an export of the account."""

    tag = "account"

    @Operation("me_export", parameters=[ExportIn], media="application/zip")
    def get(self) -> StreamingHttpResponse:
        """Download all data of the account as a zip.

        It is created while it is sent, so an interrupted download can't be resumed.
        """
        options = data_export.ExportOptions(**self.validated_query(ExportIn))
        name = _("trombine-export-%(day)s.zip") % {"day": timezone.localdate().isoformat()}
        return StreamingHttpResponse(
            data_export.export_stream(owner=self.user, options=options),
            content_type="application/zip",
            headers={
                "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "",
                "Cache-Control": "private, no-store",
            },
        )
