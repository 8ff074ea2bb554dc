"""What every view of the API can do: read a request in a shape, and answer in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import idempotency
from api.models import ApiToken, IdempotentRequest
from api.negotiation import ANY_FILE, JSON, renderers_of
from api.pagination import Order, page_of
from api.rows import asking
from api.serializers.common import PageIn

Shape = type[serializers.Serializer[Any]]


class ApiView(APIView):
    """A view about what is the account's that asks."""

    token_scopes: ClassVar[tuple[ApiToken.Scope, ...]] = ()
    """What a token needs beside `read` or `write`."""
    throttle_kind: ClassVar[str | None] = None
    """How it is counted; None: as reading or writing, by the method."""
    request: Request
    _claim: IdempotentRequest | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view; whoever has its answer already is told so, by the ETag of it."""
        return conditional_page(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer. With an idempotency key all of it is one transaction."""
        if not idempotency.has_key(request):
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    def get_renderers(self) -> list[BaseRenderer]:
        """Those of the operation that is asked for."""
        request = getattr(self, "request", None)
        method = (request.method or "get").lower() if request is not None else "get"
        asked = getattr(self, "get" if method == "head" else method, None)
        return renderers_of(getattr(asked, "media", JSON))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks, whether they may, and whether this was asked before."""
        super().initial(request, *args, **kwargs)
        if idempotency.has_key(request) and request.method in self.allowed_methods:
            self._claim = idempotency.request_claim(user=asking(request), request=request)

    def handle_exception(self, exc: Exception) -> Response:
        """The answer to what went wrong, or to what was answered before."""
        if isinstance(exc, idempotency.Replayed):
            return exc.response
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Write the answer down where it may be asked for again."""
        if self._claim is not None and isinstance(response, Response):
            idempotency.answer_keep(claim=self._claim, response=response)
        answer = super().finalize_response(request, response, *args, **kwargs)
        if not isinstance(response, Response) and request.accepted_media_type == ANY_FILE:
            answer.headers["Content-Type"] = ANY_FILE
        if not answer.has_header("Cache-Control"):
            patch_cache_control(answer, private=True, no_cache=True)
        return answer

    @property
    def user(self) -> User:
        """Who asks."""
        return asking(self.request)

    def told(self, shape: Shape) -> dict[str, Any]:
        """The body of the request in its shape. Raises ValidationError, which says which fields are wrong."""
        return _valid(shape(data=self.request.data))

    def asked(self, shape: Shape) -> dict[str, Any]:
        """The query of the request in its shape. Raises ValidationError."""
        given, made = self.request.query_params, shape()
        several = {name for name, field in made.fields.items() if isinstance(field, serializers.ListField)}
        # Not as a form is read, where what is empty is as if it were left out.
        data = {name: given.getlist(name) if name in several else given[name] for name in given}
        return _valid(shape(data=data))

    def shown(self, shape: Shape, what: Any, *, many: bool = False) -> Any:
        """JSON of rows: all of their fields, or those that `?fields=` names. Raises ValidationError."""
        made = shape(what, many=many, context={"request": self.request, "view": self})
        one: Any = getattr(made, "child", made)
        wanted = {name for name in self.request.query_params.get("fields", "").split(",") if name}
        if unknown := sorted(wanted - set(one.fields)):
            words = _("Not there: %(unknown)s. There are: %(known)s.")
            message = words % {"unknown": ", ".join(unknown), "known": ", ".join(one.fields)}
            raise ValidationError({"fields": [message]})
        if wanted:
            for name in set(one.fields) - wanted:
                one.fields.pop(name)
        return made.data

    def page(
        self,
        shape: Shape,
        rows: QuerySet[Any, Any],
        order: Order,
        *,
        row: Callable[[Any], Any] = lambda found: found,
        rows_ready: Callable[[list[Any]], list[Any]] = lambda found: found,
    ) -> Response:
        """A page of rows, and the cursor of the next one. row, rows_ready: what is shown of each, of all."""
        place = self.asked(PageIn)
        found = page_of(rows, order, cursor=place["cursor"], limit=place["limit"])
        shown = self.shown(shape, [row(one) for one in rows_ready(found.rows)], many=True)
        return Response({"results": shown, "next": found.cursor or None})


def _valid(given: serializers.BaseSerializer[Any]) -> dict[str, Any]:
    given.is_valid(raise_exception=True)
    data: dict[str, Any] = given.validated_data
    return data
