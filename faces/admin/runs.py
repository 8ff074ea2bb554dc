"""Grouping runs: parameters, results and duration."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from albums.admin.actions import Action, ActionRefused, ActionsAdmin
from albums.admin.base import OwnerFilter, column, row_column
from faces.admin.people import change_undo_by_operator, operator_may_undo
from faces.models import Change, ClusteringRun
from faces.services.grouping.run import last_run
from faces.services.history.history import change_undoable

STATES = {"Done": "success", "Failed": "danger"}


def change_of_last_run(run: ClusteringRun) -> Change | None:
    """Return the change of a run if it is the owner's last run and newest change, else None."""
    last = last_run(run.owner_id)
    newest = change_undoable(run.owner)
    if last is None or last.pk != run.pk or newest is None or newest.kind != Change.Kind.RUN:
        return None
    return newest if newest.at >= run.started_at else None


def _undo(request: HttpRequest, run: ClusteringRun, _given: Mapping[str, Any]) -> str:
    change = change_of_last_run(run)
    if change is None:
        raise ActionRefused("There are later changes. Undo those first, under “Changes”.")
    return change_undo_by_operator(request, change)


def _undoable(request: HttpRequest, run: ClusteringRun) -> bool:
    change = change_of_last_run(run)
    return change is not None and operator_may_undo(request, change)


UNDO = Action(
    name="undo",
    label="Undo this grouping",
    explanation=lambda _request, run: [
        f"{run.moved:,} faces return to their previous person. No name and no decision is lost.",
        "New photos or a new grouping may move them again.",
    ],
    perform=_undo,
    available=_undoable,
)


@admin.register(ClusteringRun)
class ClusteringRunAdmin(ActionsAdmin[ClusteringRun]):
    """Grouping runs with their parameters and counts."""

    list_display = (
        "id", "account", "how_far", "started_at", "seconds", "faces", "people", "waiting", "moved",
        "embedder",
    )  # fmt: skip
    list_filter: ClassVar = [OwnerFilter, "state"]
    search_fields = ("=id", "=owner__username")
    search_help_text = "ID or account name"
    ordering = ("-pk",)
    fields = (
        "account", "how_far", "error", "started_at", "finished_at", "seconds", "faces", "people", "waiting",
        "moved", "embedder", "parameters_shown",
    )  # fmt: skip
    readonly_fields = fields
    row_actions = (UNDO,)

    how_far = row_column("state", lambda row: row.get_state_display(), order="state", colours=STATES)

    @column("took")
    def seconds(self, run: ClusteringRun) -> str:
        """The duration."""
        if run.finished_at is None:
            return "-"
        return f"{(run.finished_at - run.started_at).total_seconds():,.1f} s"

    @column("parameters")
    def parameters_shown(self, run: ClusteringRun) -> SafeString:
        """The parameters as JSON."""
        return format_html(
            '<pre class="operator-json">{}</pre>', json.dumps(run.parameters, indent=2, sort_keys=True)
        )
