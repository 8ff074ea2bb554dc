"""The history of changes to people and faces."""

from django.shortcuts import get_object_or_404

from albums.ordering import BY_ID_DESCENDING
from albums.pagination import Page
from api.schema import Operation
from api.serializers.review import ChangeOut, ChangesQuery
from api.views.base import FacesView
from faces.models import Change
from faces.services.history.history import change_undo, changes_of


class Changes(FacesView):
    """List changes."""

    tag = "changes"

    @Operation("changes_list", response=ChangeOut, many=True, parameters=[ChangesQuery])
    def get(self) -> Page:
        """List all changes to the account's people and faces, newest first."""
        query = self.validated_query(ChangesQuery)
        changes = changes_of(self.user)
        if "kind" in query:
            changes = changes.filter(kind=query["kind"])
        if query["undone"] is not None:
            changes = changes.filter(undone_at__isnull=not query["undone"])
        return self.page(changes, BY_ID_DESCENDING)


class ChangeUndo(FacesView):
    """Undo a change."""

    tag = "changes"

    @Operation("change_undo", response=ChangeOut, example={"undone_at": "2026-05-01T09:31:12Z"})
    def post(self, pk: int) -> Change:
        """Undo a change.

        Changes are undone newest first; for any other the error is `not_the_newest` (409).
        """
        return change_undo(change=get_object_or_404(changes_of(self.user), pk=pk), by=self.user)
