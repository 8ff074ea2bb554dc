"""Base classes of the API views: validation, serialization, pagination and idempotency."""

import contextlib
from http import HTTPStatus
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

from albums.http.body_limits import BodyLimit, body_allow, body_check, is_question, ordinary
from albums.http.current_user import current_user
from albums.ordering import Order
from albums.pagination import InvalidCursor, Page, page_of
from api import idempotency, throttles
from api.models import ApiToken, IdempotentRequest
from api.negotiation import ANY_FILE, JSON, renderers_for
from api.serializers.common import PageIn, Shape


class BodyAllowed(Exception):
    """The answer to the web server's question: a body of up to `limit` bytes may come."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class ApiView(APIView):
    """Base of all API views."""

    tag: ClassVar[str]
    """The group of its operations in the schema."""
    token_scopes: ClassVar[tuple[ApiToken.Scope, ...]] = ()
    """The scopes a token needs in addition to `read` or `write`."""
    throttle_kind: ClassVar[str | None] = None
    """The rate limit that applies; None: the one for reading or writing."""
    keeps_errors: ClassVar[bool] = False
    """True: an error with an idempotency key is not rolled back, so that attempts at a password count."""
    takes_bodies: ClassVar[BodyLimit] = staticmethod(ordinary)
    """The limit of its bodies."""
    request: Request
    _transaction: contextlib.ExitStack
    _has_key = False
    _claim: IdempotentRequest | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view, with conditional responses by ETag."""
        view: Any = conditional_page(super().as_view(**initkwargs))
        view.checks_bodies = True
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Handle a request; with an idempotency key, in the transaction that `initial` begins."""
        with contextlib.ExitStack() as self._transaction:
            response = super().dispatch(request, *args, **kwargs)
            if self._has_key and response.status_code >= 400:
                if self.keeps_errors and self._claim is not None:
                    self._claim.delete()
                else:
                    transaction.set_rollback(True)
        return response

    def get_renderers(self) -> list[BaseRenderer]:
        """Return the renderers of the requested operation."""
        request = getattr(self, "request", None)
        method = (request.method or "get").lower() if request is not None else "get"
        operation = getattr(getattr(self, "get" if method == "head" else method, None), "operation", None)
        return renderers_for(operation.media if operation is not None else JSON)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate the request, check permissions and rate limits, and claim its idempotency key.

        The limits come before the transaction: others of the account would wait for its end.
        """
        super().initial(request, *args, **kwargs)
        if idempotency.has_key(request) and request.method in self.allowed_methods:
            self._transaction.enter_context(transaction.atomic())
            self._has_key = True
            self._claim = idempotency.request_claim(user=self.user, request=request)

    def check_throttles(self, request: Request) -> None:
        """Check the size of the body, before it is read, and then the rate limits.

        Raises BodyRefused and, for the web server's question, always BodyAllowed.
        """
        limit = body_check(self.django_request, self.body_limit)
        if is_question(self.django_request):
            raise BodyAllowed(limit)
        super().check_throttles(request)

    def body_limit(self, request: HttpRequest, length: int) -> int:
        """Return the largest body that the operation takes. Raises UploadRefused."""
        return type(self).takes_bodies(request, length)

    def handle_exception(self, exc: Exception) -> Response:
        """Return the response to an error, or the stored response of a repeated request."""
        if isinstance(exc, idempotency.Replayed):
            return exc.response
        if isinstance(exc, BodyAllowed):
            return body_allow(Response(status=HTTPStatus.NO_CONTENT), exc.limit)
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Store the response under the idempotency key and set common headers."""
        if self._claim is not None and isinstance(response, Response):
            idempotency.response_store(claim=self._claim, response=response)
        final = super().finalize_response(request, response, *args, **kwargs)
        if not isinstance(response, Response) and request.accepted_media_type == ANY_FILE:
            final.headers["Content-Type"] = ANY_FILE
        if not final.has_header("Cache-Control"):
            patch_cache_control(final, private=True, no_cache=True)
        return final

    @property
    def django_request(self) -> HttpRequest:
        """The request as Django's views have it."""
        return self.request._request  # noqa: SLF001 - there is no public way to it

    @property
    def user(self) -> User:
        """The authenticated account. Raises PermissionDenied without one."""
        return current_user(self.django_request)

    def validated_body(self, shape: type[Shape]) -> dict[str, Any]:
        """Return the validated body. Raises ValidationError, which names the invalid fields."""
        return _validated(shape(data=self.request.data))

    def validated_query(self, shape: type[Shape]) -> dict[str, Any]:
        """Return the validated query parameters. Raises ValidationError."""
        query, fields = self.request.query_params, shape().fields
        lists = {name for name, field in fields.items() if isinstance(field, serializers.ListField)}
        # A plain dictionary: in a form, empty values would count as omitted.
        return _validated(
            shape(data={name: query.getlist(name) if name in lists else query[name] for name in query})
        )

    def serialize(self, shape: type[Shape], value: Any, *, many: bool = False) -> Any:
        """Return JSON data: all fields, or those that `?fields=` names. Raises ValidationError."""
        serializer = shape(value, many=many, context={"request": self.request, "view": self})
        fields = getattr(serializer, "child", serializer).fields
        included = {name for name in self.request.query_params.get("fields", "").split(",") if name}
        if unknown := sorted(included - set(fields)):
            message = _("Unknown fields: %(unknown)s. Available: %(known)s.")
            names = {"unknown": ", ".join(unknown), "known": ", ".join(fields)}
            raise ValidationError({"fields": [message % names]})
        for name in set(fields) - included if included else ():
            fields.pop(name)
        return serializer.data

    def page(self, rows: QuerySet[Any, Any], order: Order) -> Page:
        """Return the requested page of rows. Raises ValidationError for another list's cursor."""
        query = self.validated_query(PageIn)
        try:
            return page_of(rows, order, cursor=query["cursor"], limit=query["limit"])
        except InvalidCursor as error:
            message = _("Invalid cursor. Use `next` of the previous page of this list.")
            raise ValidationError({"cursor": [message]}) from error


class FacesView(ApiView):
    """Base of the views of faces and people."""

    token_scopes = (ApiToken.Scope.FACES,)


class ModelView(FacesView):
    """Base of the views that run a face model."""

    throttle_kind = throttles.FACES


def _validated(serializer: serializers.BaseSerializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data
