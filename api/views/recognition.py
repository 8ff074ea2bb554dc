"""Face recognition: its state, and receipts of erased data."""

from dataclasses import replace
from typing import Any

from albums.ordering import BY_ID_DESCENDING
from albums.pagination import Page
from albums.services.erasing.sweeps import sweep_states
from albums.tasks import enqueue_sweep
from api.schema import Operation
from api.serializers.account import RecognitionIn, RecognitionOut, RecognitionStateOut
from api.serializers.storage import ReceiptOut
from api.views.base import FacesView
from faces.models import ErasureReceipt, Face, Person
from faces.services.core.consent import recognition_enabled, recognition_set
from faces.services.erasing.erasure import recognition_end
from faces.tasks import enqueue_owner_scans


class Recognition(FacesView):
    """Retrieve the state of face recognition, or turn it on or off."""

    tag = "account"

    @Operation("recognition_get", response=RecognitionStateOut)
    def get(self) -> dict[str, Any]:
        """Retrieve the state of face recognition, and what turning it off would erase."""
        return {
            "enabled": recognition_enabled(self.user.pk),
            "faces": Face.objects.visible_to(self.user).count(),
            "people": Person.objects.visible_to(self.user).named().count(),
        }

    @Operation(
        "recognition_set", request=RecognitionIn, response=RecognitionOut, request_example={"enabled": False}
    )
    def put(self) -> dict[str, Any]:
        """Turn face recognition on or off.

        Turning it off permanently erases all faces, embeddings and people; the response counts them.
        """
        user, enabled = self.user, self.validated_body(RecognitionIn)["enabled"]
        erased = None
        if enabled:
            recognition_set(owner=user, enabled=True)
            enqueue_owner_scans(user.pk)
        elif recognition_enabled(user.pk):
            erased = recognition_end(owner=user).counts
            enqueue_sweep()
        return {"enabled": enabled, "erased": erased}


class Receipts(FacesView):
    """List receipts of erased data."""

    tag = "account"

    @Operation("receipts_list", response=ReceiptOut, many=True, example={"id": 3, "what": "one person"})
    def get(self) -> Page:
        """List the receipts of erased face data, newest first."""
        receipts = ErasureReceipt.objects.filter(owner=self.user).select_related("sweep")
        page = self.page(receipts, BY_ID_DESCENDING)
        states = sweep_states(row.sweep for row in page.rows if row.sweep)
        rows = [
            {
                **{name: getattr(row, name) for name in ("pk", "what", "counts", "at")},
                "sweep": states.get(row.sweep_id),
            }
            for row in page.rows
        ]
        return replace(page, rows=rows)
