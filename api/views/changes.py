"""The journal."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.pagination import Pages
from api.permissions import FACES
from api.rows import asking
from api.serializers import ChangeOut
from faces.exceptions import NotThere
from faces.models import Change
from faces.services.journal import change_undo, changes_of


class Changes(ListAPIView[Any]):
    """GET: everything that was done to one's people, newest first, in pages."""

    token_scopes = FACES

    serializer_class = ChangeOut
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Change]:
        """The changes of who asks."""
        return changes_of(asking(self.request))


class Undo(APIView):
    """POST: take the newest change back that is not undone yet. Another one is `not_the_newest` (409)."""

    token_scopes = FACES

    def post(self, request: Request, pk: int) -> Response:
        """Undo it, and return it."""
        user = asking(request)
        change = changes_of(user).filter(pk=pk).first()
        if change is None:
            raise NotThere("change")
        return Response(ChangeOut(change_undo(change=change, by=user)).data)
