"""Whether faces are looked for, and the receipts of what was erased."""

from __future__ import annotations

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from api.pagination import By
from api.permissions import FACES
from api.schema import operation
from api.serializers.account import RecognitionIn, RecognitionOut, RecognitionStateOut
from api.serializers.kept import ReceiptOut
from api.views.base import ApiView
from faces.models import ErasureReceipt, Face, Person
from faces.services.core.consent import recognition_set, recognition_wanted
from faces.services.erasing.erasure import recognition_end
from faces.tasks import cluster_sweep, scan_owner

TAG = "account"
NEWEST_FIRST = (By("id", descending=True),)


class Recognition(ApiView):
    """Whether faces are looked for."""

    token_scopes = FACES

    @operation(
        "recognition_get",
        tag=TAG,
        gives=RecognitionStateOut,
        example={"enabled": True, "faces": 231, "people": 14},
    )
    def get(self, _request: Request) -> Response:
        """Whether faces are looked for, and what would be erased by switching that off."""
        told = {
            "enabled": recognition_wanted(self.user.pk),
            "faces": Face.objects.visible_to(self.user).count(),
            "people": Person.objects.visible_to(self.user).named().count(),
        }
        return Response(self.shown(RecognitionStateOut, told))

    @operation(
        "recognition_set",
        tag=TAG,
        takes=RecognitionIn,
        gives=RecognitionOut,
        asked={"enabled": False},
        example={"enabled": False, "erased": {"faces": 231, "vectors": 231, "people": 14}},
    )
    def put(self, _request: Request) -> Response:
        """Switch face recognition on or off. Off erases every face, vector and person, and tells how many."""
        user, enabled = self.user, self.told(RecognitionIn)["enabled"]
        erased = None
        if enabled:
            recognition_set(owner=user, enabled=True)
            transaction.on_commit(lambda: scan_owner.delay(user.pk), robust=True)
        elif recognition_wanted(user.pk):
            erased = recognition_end(owner=user).counts
            # Deleted rows stay in the files of the database until they are swept.
            transaction.on_commit(cluster_sweep.delay, robust=True)
        return Response(self.shown(RecognitionOut, {"enabled": enabled, "erased": erased}))


class Receipts(ApiView):
    """What was erased."""

    token_scopes = FACES

    @operation(
        "receipts_list",
        tag=TAG,
        gives=ReceiptOut,
        many=True,
        example={
            "id": 3,
            "what": "one person",
            "erased": {"faces": 230, "vectors": 230},
            "at": "2026-05-01T09:30:00Z",
        },
    )
    def get(self, _request: Request) -> Response:
        """The receipts of what was erased, newest first."""
        return self.page(ReceiptOut, ErasureReceipt.objects.filter(owner=self.user), NEWEST_FIRST)
