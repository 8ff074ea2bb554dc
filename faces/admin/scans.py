"""Scans and faces, without pictures and embeddings."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from albums.admin.actions import Action, ActionRefused, ActionsAdmin
from albums.admin.base import OwnerFilter, ReadOnlyOwnerAdmin, row_column
from albums.admin.images import ReasonFilter, reason_options, retried_by_owner
from albums.exceptions import RefusalCode
from faces import error_messages
from faces.models import Face, FaceScan
from faces.services.detecting.retries import scans_retry
from faces.tasks import enqueue_scans
from faces.vision.errors import ModelDamaged, ModelFailed, ModelMissing, ModelUnreachable, UnknownModel

STATES = {"Pending": "info", "Done": "success", "Failed": "danger"}
REASONS = (
    error_messages.CRASHED,
    error_messages.TOOK_TOO_LONG,
    *(error.code for error in (ModelMissing, ModelDamaged, ModelFailed, ModelUnreachable, UnknownModel)),
    *(str(code) for code in (RefusalCode.UNREADABLE, RefusalCode.MISSING, RefusalCode.BROKEN)),
)


class ScanReasonFilter(ReasonFilter):
    """Scans that failed for a reason."""

    options = reason_options(REASONS)


def scans_again(images: Iterable[tuple[int, int]]) -> int:
    """Retry failed scans of (owner id, image id). Returns their number."""
    again = retried_by_owner(images, scans_retry)
    enqueue_scans(again)
    return len(again)


def _scan_again(_request: HttpRequest, scan: Any, _given: Mapping[str, Any]) -> str:
    if not scans_again([(scan.owner_number, scan.image_id)]):
        raise ActionRefused("Nothing to retry: the scan has not failed, or the photo is in the bin.")
    return "Scanning this photo again."


SCAN_AGAIN = Action(
    name="scan-again",
    label="Scan again",
    explanation=lambda _request, _scan: ["The photo is scanned for faces once more."],
    perform=_scan_again,
    available=lambda _request, scan: scan.state == FaceScan.State.FAILED,
)


@admin.register(FaceScan)
class FaceScanAdmin(ActionsAdmin[FaceScan]):
    """Scans with their errors."""

    owner_path = "image__owner"
    list_display = (
        "id", "image_id", "account", "how_far", "reason", "attempts", "detector", "embedder", "queued_at",
        "finished_at",
    )  # fmt: skip
    list_filter = (OwnerFilter, "state", ScanReasonFilter)
    search_fields = ("=id", "=image__id", "=image__owner__username")
    search_help_text = "ID or account name"
    ordering = ("-pk",)
    show_full_result_count = False
    fields = (
        "image_id", "account", "how_far", "why", "detail", "attempts", "detector", "embedder", "queued_at",
        "started_at", "finished_at",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("scan_again",)
    row_actions = (SCAN_AGAIN,)

    how_far = row_column("state", lambda row: row.get_state_display(), order="state", colours=STATES)
    why = row_column("message", lambda row: row.why or "-")

    @admin.action(description="Scan again", permissions=["act"])
    def scan_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Scan the failed ones again."""
        failed = queryset.filter(state=FaceScan.State.FAILED).order_by()
        count = scans_again(failed.values_list("owner_number", "image_id"))
        messages.success(request, f"{count} photos are being scanned again.")


@admin.register(Face)
class FaceAdmin(ReadOnlyOwnerAdmin[Face]):
    """Faces without their pictures, which only the owner sees."""

    owner_path = "image__owner"
    list_display = (
        "id", "image_id", "account", "person_id", "score", "quality", "poor_reason", "detector",
    )  # fmt: skip
    list_filter: ClassVar = [OwnerFilter]
    search_fields = ("=id", "=image__id", "=person__id")
    search_help_text = "ID of a face, a photo or a person"
    ordering = ("-pk",)
    show_full_result_count = False
    fields = (
        "image_id", "account", "person_id", "score", "quality", "poor_reason", "detector", "dismissed",
        "drawn", "created_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Face]:
        """Defer what only the owner may see."""
        return super().get_queryset(request).defer("crop", "landmarks")
