"""The journal of what was done to people and faces."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from api.pagination import By
from api.permissions import FACES
from api.schema import operation
from api.serializers.review import ChangeOut, ChangesIn
from api.views.base import ApiView
from faces.exceptions import NotThere
from faces.services.history.history import change_undo, changes_of

TAG = "changes"
NEWEST_FIRST = (By("id", descending=True),)
NAMED = {
    "id": 812,
    "kind": "name",
    "summary": "Named a group Anna Castillo",
    "by": "ada",
    "at": "2026-05-01T09:30:00Z",
    "undone_at": None,
}


class Changes(ApiView):
    """Everything that was done."""

    token_scopes = FACES

    @operation("changes_list", tag=TAG, gives=ChangeOut, many=True, query=[ChangesIn], example=NAMED)
    def get(self, _request: Request) -> Response:
        """Everything that was done to one's people, newest first."""
        asked = self.asked(ChangesIn)
        changes = changes_of(self.user)
        if "kind" in asked:
            changes = changes.filter(kind=asked["kind"])
        if asked["undone"] is not None:
            changes = changes.filter(undone_at__isnull=not asked["undone"])
        return self.page(ChangeOut, changes, NEWEST_FIRST)


class Undo(ApiView):
    """Taking back."""

    token_scopes = FACES

    @operation(
        "change_undo", tag=TAG, gives=ChangeOut, example={**NAMED, "undone_at": "2026-05-01T09:31:12Z"}
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Undo the newest change that is not undone yet. Another one is `not_the_newest` (409)."""
        change = changes_of(self.user).filter(pk=pk).first()
        if change is None:
            raise NotThere("change")
        return Response(self.shown(ChangeOut, change_undo(change=change, by=self.user)))
