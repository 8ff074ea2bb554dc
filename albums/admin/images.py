"""Photos in the administration: sizes and states, without pictures."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

from albums.admin.actions import Action, ActionRefused, ActionsAdmin
from albums.admin.base import NOT_SHOWN, ChoiceFilter, OwnerFilter, row_column
from albums.exceptions import RefusalCode
from albums.models import Image
from albums.services.uploading.retries import images_retry
from albums.tasks import enqueue_reading

STATES = {"Waiting to be processed": "info", "Ready": "success", "Not added": "danger"}


def reason_options(codes: Iterable[str]) -> dict[str, tuple[str, Q]]:
    """Return the options of a filter by reason; no query reads the reasons from the table."""
    return {str(code): (str(code).replace("_", " "), Q(reason=code)) for code in codes}


class ReasonFilter(ChoiceFilter):
    """Images refused for a reason."""

    title = "reason"
    parameter_name = "reason"
    options: ClassVar = reason_options(RefusalCode)


def retried_by_owner(images: Iterable[tuple[int, int]], retry: Callable[..., list[int]]) -> list[int]:
    """Retry images of any owners: (owner id, image id). Returns the ids of those to enqueue."""
    by_owner: dict[int, list[int]] = {}
    for owner_id, image_id in images:
        by_owner.setdefault(owner_id, []).append(image_id)
    owners = User.objects.filter(pk__in=by_owner)
    return [one for owner in owners for one in retry(owner=owner, image_ids=by_owner[owner.pk])]


def images_read_again(images: Iterable[tuple[int, int]]) -> int:
    """Process refused files of (owner id, image id) again. Returns their number."""
    again = retried_by_owner(images, images_retry)
    enqueue_reading(again)
    return len(again)


def _read_again(_request: HttpRequest, image: Image, _given: Any) -> str:
    if not images_read_again([(image.owner_id, image.pk)]):
        raise ActionRefused("Cannot be processed again: the file is not stored, or its state has changed.")
    return "Processing again."


READ_AGAIN = Action(
    name="read-again",
    label="Process again",
    explanation=lambda _request, _image: ["The file is processed once more."],
    perform=_read_again,
    available=lambda _request, image: (
        image.state == Image.State.REFUSED and bool(image.original) and image.binned_at is None
    ),
)


@admin.register(Image)
class ImageAdmin(ActionsAdmin[Image]):
    """Originals and their states."""

    private: ClassVar = {"shown_path": "source_path"}
    list_display = (
        "id",
        "account",
        "file",
        "how_far",
        "reason",
        "size",
        "mime_type",
        "captured_at",
        "added_at",
    )
    list_filter = (OwnerFilter, "state", ReasonFilter, "added_at")
    search_fields = ("=id", "=owner__username")
    search_help_text = "ID or account name"
    ordering = ("-pk",)
    show_full_result_count = False
    fields = (
        "account", "file", "how_far", "why", "detail", "attempts", "queued_at", "size", "mime_type", "shape",
        "captured_at", "added_at", "binned_at",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("read_again",)
    row_actions = (READ_AGAIN,)

    file = row_column("file", lambda row: row.shown_path or NOT_SHOWN)
    how_far = row_column(
        "state",
        lambda row: "In the bin" if row.binned_at else row.get_state_display(),
        order="state",
        colours=STATES,
    )
    size = row_column("size", lambda row: filesizeformat(row.size_bytes), order="size_bytes")
    shape = row_column("pixels", lambda row: f"{row.width} x {row.height}" if row.width else "-")
    why = row_column("message", lambda row: row.why or "-")

    @admin.action(description="Process again", permissions=["act"])
    def read_again(self, request: HttpRequest, queryset: "QuerySet[Image]") -> None:
        """Process the selected refused files again."""
        count = images_read_again(queryset.order_by().values_list("owner_id", "pk"))
        messages.success(request, f"{count} files are processed again.")
