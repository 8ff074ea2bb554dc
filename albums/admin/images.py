"""Photos in the administration: how many, how large, how far; not what is on them."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

from albums.admin.actions import Action, ActionRefused, ActionsAdmin
from albums.admin.base import NOT_SHOWN, OwnerFilter, column
from albums.exceptions import RefusalCode
from albums.models import Image
from albums.services.uploading.retries import images_retry
from albums.tasks import enqueue_reading

STATES = {"Waiting to be processed": "info", "Ready": "success", "Not added": "danger"}
# Those that a file on its way in, or a photo that is read, can be refused for.
REASONS = tuple(RefusalCode)


class ReasonFilter(admin.SimpleListFilter):
    """Refused for this reason. The reasons are known: the table need not be read for them."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, _request: HttpRequest, _model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, str]]:
        """All there are."""
        return [(str(code), str(code).replace("_", " ")) for code in REASONS]

    def queryset(self, _request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Only those."""
        wanted = self.value()
        return queryset if wanted is None else queryset.filter(reason=wanted)


def images_read_again(images: Iterable[tuple[int, int]]) -> int:
    """Let refused files be read again, of whichever owners: (owner, image) by their numbers; how many."""
    by_owner: dict[int, list[int]] = {}
    for owner_id, image_id in images:
        by_owner.setdefault(owner_id, []).append(image_id)
    again: list[int] = []
    for owner in User.objects.filter(pk__in=by_owner):
        again += images_retry(owner=owner, image_ids=by_owner[owner.pk])
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
    """Originals and what became of them."""

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

    @column("file")
    def file(self, image: Any) -> str:
        """Its name, where the owner lets it be seen."""
        return image.shown_path or NOT_SHOWN

    @column("state", order="state", colours=STATES)
    def how_far(self, image: Image) -> str:
        """Return the state."""
        return "In the bin" if image.binned_at else image.get_state_display()

    @column("size", order="size_bytes")
    def size(self, image: Image) -> str:
        """Of the original."""
        return filesizeformat(image.size_bytes)

    @column("pixels")
    def shape(self, image: Image) -> str:
        """Width and height."""
        return f"{image.width} x {image.height}" if image.width else "-"

    @column("message")
    def why(self, image: Image) -> str:
        """Why it was refused."""
        return image.why or "-"

    @admin.action(description="Process again", permissions=["act"])
    def read_again(self, request: HttpRequest, queryset: "QuerySet[Image]") -> None:
        """Read the stored refused files among them again."""
        count = images_read_again(queryset.order_by().values_list("owner_id", "pk"))
        messages.success(request, f"{count} files are processed again.")
