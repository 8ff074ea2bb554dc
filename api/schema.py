"""The OpenAPI 3.1 schema. Every view method declares its operation, from which its description is generated.

Common parts are added here: errors, the idempotency key, the parameters of lists, and examples of responses.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, wraps
from http import HTTPStatus
from inspect import cleandoc
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.response import Response

from albums.models import Rendition
from api.examples import example_of
from api.idempotency import HEADER, MAX_KEY_LENGTH
from api.negotiation import ANY_FILE, JSON, PROBLEM
from api.serializers.common import PageIn, Problem, Shape

ALWAYS = {
    401: "Authentication is missing, or the token is invalid, revoked or expired.",
    403: "The account or the scopes of the token do not allow this.",
    406: "None of the accepted media types is available.",
    429: "Too many requests in a minute. `Retry-After` gives the seconds to wait.",
}
INVALID = "The request is invalid; `fields` lists the errors."
WITH_PATH_PARAMETERS = {404: "Not found, or not visible to this account."}
WITH_QUERY = {400: INVALID}
WITH_BODY = {
    400: INVALID,
    404: "A referenced object was not found, or is not visible to this account.",
    409: "The request conflicts with the current state.",
    413: "The request is too large.",
    415: "The media type is not supported.",
    422: "The request is well formed but can't be processed.",
}
BUSY = {503: "Temporarily unavailable. `Retry-After` gives the seconds to wait."}
"""For `errors` of operations that need a limited resource: a zip slot or a model."""
NO_SPACE = {507: "The server's disk is full, or the account has reached its storage quota."}
FIELDS = OpenApiParameter(
    "fields", str, description="comma-separated names of the fields to include in the response; omitted: all"
)
IDEMPOTENCY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH, "pattern": r"^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="a repeated request with the same key within a day returns the first response again",
)
RENDITION_KIND = OpenApiParameter(
    "kind",
    str,
    OpenApiParameter.PATH,
    enum=Rendition.Kind.values,
    description="thumbnail: 512 pixels on the long side; preview: 2048",
)


@dataclass(frozen=True)
class Operation:
    """Decorator that declares the operation of a view method, and turns its result into a response.

    The method returns what `response` serializes, with `many` a `Page` of it, or a response. The first
    sentence of its docstring is the summary, the others are the description.

    request: a shape, or shapes by media type. media: the type of a file. request_example: a body. example:
    values of the response that differ from those of its shape. errors: statuses in addition to common ones.
    """

    operation_id: str
    request: type[Shape] | Mapping[str, Any] | None = None
    response: type[Shape] | None = None
    many: bool = False
    status: int | None = None
    parameters: Sequence[type[Shape] | OpenApiParameter] = ()
    request_example: object = None
    example: Mapping[str, Any] = field(default_factory=dict)
    media: str = JSON
    errors: Mapping[int, str] = field(default_factory=dict)

    def __call__(self, method: Callable[..., Any]) -> Any:
        """Return the handler of the requests."""

        @wraps(method)
        def handler(view: Any, _request: object, **path_parameters: Any) -> HttpResponseBase:
            result = method(view, **path_parameters)
            if isinstance(result, HttpResponseBase):
                return result
            if self.response is None:
                return Response(status=self.success)
            if not self.many:
                return Response(view.serialize(self.response, result), status=self.success)
            rows = view.serialize(self.response, result.rows, many=True)
            return Response({"results": rows, "next": result.cursor or None})

        handler.operation = self  # type: ignore[attr-defined]
        return handler

    @property
    def success(self) -> int:
        """The status of a response without an error."""
        empty = self.response is None and self.media == JSON
        return self.status or (HTTPStatus.NO_CONTENT if empty else HTTPStatus.OK)

    def responses(self) -> dict[int | tuple[int, str], Any]:
        """Return the successful responses by status and media type."""
        if self.media != JSON:
            # Some client generators recognise files by the second media type only.
            file = OpenApiResponse(OpenApiTypes.BINARY, description="the file")
            return {(self.success, media): file for media in dict.fromkeys((self.media, ANY_FILE))}
        if self.response is None:
            return {self.success: OpenApiResponse(description="Success.")}
        return {(self.success, JSON): page_shape(self.response) if self.many else self.response}

    def examples(self) -> list[OpenApiExample]:
        """Return an example of the request and one of the response."""
        found = []
        if self.request_example is not None:
            found.append(OpenApiExample("request", self.request_example, request_only=True))
        if self.response is not None:
            value: dict[str, Any] = {**example_of(self.response()), **self.example}
            value = {"results": [value], "next": None} if self.many else value
            codes = [str(int(self.success))]
            found.append(OpenApiExample("response", value, response_only=True, status_codes=codes))
        return found


@cache
def page_shape(row: type[Shape]) -> type[Shape]:
    """Return the shape of a page of rows."""
    fields = {
        "__doc__": "A page of a list.",
        "__module__": row.__module__,
        "results": row(many=True),
        "next": serializers.CharField(
            allow_null=True, help_text="`cursor` of the next page; null: last page"
        ),
    }
    return type(f"{row.__name__.removesuffix('Out')}PageOut", (Shape,), fields)


NULL_ENUM = "NullEnum"


def plain_nulls(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """Replace the enumeration of null by the type null: client generators would create a class for it."""

    def plain(part: Any) -> Any:
        if isinstance(part, list):
            return [plain(one) for one in part]
        if not isinstance(part, dict):
            return part
        if part.get("$ref") == f"#/components/schemas/{NULL_ENUM}":
            return {"type": "null"}
        return {name: plain(one) for name, one in part.items()}

    result["components"]["schemas"].pop(NULL_ENUM, None)
    replaced: dict[str, Any] = plain(result)
    return replaced


class OperationSchema(AutoSchema):
    """Describes a view method from its operation."""

    @property
    def operation(self) -> Operation:
        """The operation of the method."""
        found: Operation = getattr(self.view, self.method.lower()).operation
        return found

    def get_operation_id(self) -> str:
        """Return the unique name, which generated clients use for their functions."""
        return self.operation.operation_id

    def get_tags(self) -> list[str]:
        """Return the tag of the view."""
        return [self.view.tag]  # type: ignore[attr-defined]  # every view is an `ApiView`

    def get_summary(self) -> str:
        """Return the first sentence of the docstring."""
        return self._docstring[0].removesuffix(".")

    def get_description(self) -> str:  # type: ignore[override]  # as its base does
        """Return the other sentences of the docstring, or its only one."""
        return self._docstring[-1]

    @property
    def _docstring(self) -> list[str]:
        return re.split(r"\.\s+", cleandoc(getattr(self.view, self.method.lower()).__doc__), maxsplit=1)

    def get_request_serializer(self) -> Any:
        """Return the shape of the body, or shapes by media type."""
        return self.operation.request

    def get_response_serializers(self) -> Any:
        """Return the successful responses."""
        return self.operation.responses()

    def get_examples(self) -> list[OpenApiExample]:
        """Return examples of the request and the response."""
        return self.operation.examples()

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters of the query and the headers."""
        one = self.operation
        parameters = [*([PageIn] if one.many else []), *one.parameters]
        if one.response is not None:
            parameters.append(FIELDS)
        return [*parameters, IDEMPOTENCY] if self.method not in {"GET", "HEAD"} else parameters

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: Any = False) -> str:  # noqa: FBT002 - overrides
        """Drop the suffix of a request: `AlbumIn` implies it."""
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        return name.removesuffix("Request") if name.endswith("InRequest") else name

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        errors = ALWAYS | dict(self.operation.errors)
        if "{" in self.path:
            errors |= WITH_PATH_PARAMETERS
        errors |= WITH_QUERY if self.method == "GET" else WITH_BODY
        content = {PROBLEM: {"schema": self.resolve_serializer(Problem, direction).ref}}
        for status, description in errors.items():
            bodies.setdefault(str(status), {"description": description, "content": content})
        return dict(sorted(bodies.items()))


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registered by its metaclass
    """Authentication by an API token: `Authorization: Bearer tro_…`."""

    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the definition for OpenAPI."""
        del auto_schema
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token, created under Settings, API tokens. Its scopes limit its rights.",
        }


class OwnSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]  # registered by its metaclass
    """Authentication by the session of the pages."""

    target_class = "api.authentication.SessionAuthentication"
