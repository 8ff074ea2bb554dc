"""People, decisions and the history of edits. Operators see names only with the owner's grant."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.http import HttpRequest

from albums.admin.actions import Action, ActionRefused, ActionsAdmin
from albums.admin.base import (
    NOT_SHOWN,
    ChoiceFilter,
    OwnerFilter,
    ReadOnlyOwnerAdmin,
    counted,
    operator,
    row_column,
)
from albums.services.accounts.operators import owners_seen
from faces.exceptions import PeopleError
from faces.models import Change, Face, Person, Verdict
from faces.services.history.history import change_undo, change_undoable
from faces.services.reviewing.operator_review import may_undo


class NamedFilter(ChoiceFilter):
    """Filter people by whether they have a name."""

    title = "named"
    parameter_name = "named"
    options: ClassVar = {"yes": ("Named", ~Q(name="")), "no": ("Unnamed", Q(name=""))}


@admin.register(Person)
class PersonAdmin(ReadOnlyOwnerAdmin[Person]):
    """People with their counts; names only with a grant."""

    private: ClassVar = {"shown_name": "name"}
    list_display = ("id", "account", "called", "is_named", "faces", "verdicts", "is_hidden", "created_at")
    list_filter = (OwnerFilter, NamedFilter, "hidden")
    search_fields = ("=id", "=owner__username")
    search_help_text = "ID or account name"
    ordering = ("-pk",)
    fields = ("account", "called", "is_named", "faces", "verdicts", "is_hidden", "created_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """Add the counts."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                has_name=Case(When(~Q(name=""), then=Value(value=True)), default=Value(value=False)),
                face_number=counted(Face.objects.present(), "person_id"),
                verdict_number=counted(Verdict.objects.all(), "person_id"),
            )
        )

    called = row_column("name", lambda row: row.shown_name or (NOT_SHOWN if row.has_name else "-"))
    is_named = row_column("named", lambda row: "yes" if row.has_name else "-")
    is_hidden = row_column("hidden", lambda row: "yes" if row.hidden else "-", order="hidden")
    faces = row_column("faces", lambda row: row.face_number, order="face_number")
    verdicts = row_column("verdicts", lambda row: row.verdict_number, order="verdict_number")


@admin.register(Verdict)
class VerdictAdmin(ReadOnlyOwnerAdmin[Verdict]):
    """Decisions of users, which only users create or delete."""

    owner_path = "person__owner"
    list_display = ("id", "account", "face_id", "kind", "person_id", "by_name", "at")
    list_filter = (OwnerFilter, "kind")
    search_fields = ("=id", "=face__id", "=person__id")
    search_help_text = "ID of a decision, a face or a person"
    ordering = ("-pk",)
    fields = ("account", "face_id", "kind", "person_id", "by_name", "at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Verdict]:
        """Add the user who decided."""
        return super().get_queryset(request).select_related("by")

    by_name = row_column("decided by", lambda row: row.by.get_username() if row.by else "a deleted account")


def change_undo_by_operator(request: HttpRequest, change: Change) -> str:
    """Undo a change with the rights of an operator. Raises ActionRefused."""
    if not may_undo(change=change, operator=operator(request)):
        raise ActionRefused(
            "Only the owner can undo this, or an operator with the owner's grant for changes of operators."
        )
    try:
        change_undo(change=change, by=change.owner)
    except PeopleError as error:
        raise ActionRefused(str(error)) from error
    return "Undone: all faces are with their previous person again."


def operator_may_undo(request: HttpRequest, change: Change) -> bool:
    """Return whether this is the newest change and the operator is allowed to undo it."""
    if change.undone_at is not None or not may_undo(change=change, operator=operator(request)):
        return False
    newest = change_undoable(change.owner)
    return newest is not None and newest.pk == change.pk


def _undo(request: HttpRequest, change: Change, _given: Mapping[str, Any]) -> str:
    return change_undo_by_operator(request, change)


UNDO = Action(
    name="undo",
    label="Undo",
    explanation=lambda _request, change: [
        f"“{change.get_kind_display()}” is undone: faces and people return to their previous state.",
        "This cannot be redone.",
    ],
    perform=_undo,
    available=operator_may_undo,
)


@admin.register(Change)
class ChangeAdmin(ActionsAdmin[Change]):
    """The history of all accounts; the newest change of each can be undone."""

    list_display = ("id", "account", "what", "by_name", "at", "undone_at")
    list_filter = (OwnerFilter, "kind")
    search_fields = ("=id", "=owner__username")
    search_help_text = "ID or account name"
    ordering = ("-pk",)
    fields = ("account", "what", "in_words", "by_name", "at", "undone_at")
    readonly_fields = fields
    row_actions = (UNDO,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        """Add the user; defer the changed rows, which may be thousands."""
        mine = Q(owner_id__in=owners_seen(operator(request)))
        rows = super().get_queryset(request).select_related("by").defer("rows", "wording", "text")
        return rows.annotate(may_be_read=Exists(Change.objects.filter(mine, pk=OuterRef("pk"))))

    what = row_column("what", lambda row: row.get_kind_display(), order="kind")
    in_words = row_column("message", lambda row: row.summary if row.may_be_read else NOT_SHOWN)
    by_name = row_column("by", lambda row: row.by.get_username() if row.by else "-")
