"""How the API describes itself: OpenAPI 3.1, made of the views and their shapes.

Every operation is described by `operation`: what goes in, what comes out, and an example of both. What all
have in common (problems, the idempotency key, the parameters of a list) is added here, and so stands once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from albums.models import Rendition
from api.idempotency import HEADER, MOST_LETTERS
from api.negotiation import ANY_FILE
from api.serializers.common import PageIn, Problem

Shape = type[serializers.Serializer[Any]]
PROBLEM_MEDIA = "application/problem+json"
ALWAYS = {
    401: "Nobody is signed in, or the token is wrong, was revoked, or its time is over.",
    403: "The account, or the token with its scopes, may not do this.",
    406: "None of the media types that are accepted.",
    429: "Too many requests in a minute. `Retry-After` says when to come back.",
}
OF_A_THING = {404: "It is not there, or is not to be seen by this account: an answer never tells which."}
OF_A_QUERY = {400: "The request is not right; `fields` says where."}
OF_A_BODY = {
    400: "The request is not right; `fields` says where.",
    404: "Something that is named is not there, or is not to be seen by this account.",
    409: "Right in itself, and not possible as things are.",
    413: "More than is taken at once.",
    415: "This media type is not taken.",
    422: "Well formed, and nothing can be made of it.",
}
BUSY = {503: "Not now: `Retry-After` says when to come back."}
"""For `also` of operations that need what there is little of: a place among the zips, a model."""
NO_ROOM = {507: "The disk of the server is full, or the account has all that it may keep."}
FIELDS = OpenApiParameter(
    "fields",
    str,
    description="names of the fields that are wanted, with commas between: the others are left out of the "
    "answer, also those that are always there otherwise; not given: all",
)
IDEMPOTENCY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": MOST_LETTERS, "pattern": r"^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="sent again with the same key within a day, the request is not carried out again",
)


def rendition_kind() -> OpenApiParameter:
    """Which smaller copy, in the address."""
    return OpenApiParameter(
        "kind",
        str,
        OpenApiParameter.PATH,
        enum=Rendition.Kind.values,
        description="thumbnail: 512 pixels on the long side; preview: 2048",
    )


def operation(
    name: str,
    *,
    tag: str,
    takes: Shape | Mapping[str, Any] | None = None,
    gives: Shape | None = None,
    many: bool = False,
    status: int = 200,
    query: Sequence[Shape | OpenApiParameter] = (),
    example: object = None,
    asked: object = None,
    media: str = "application/json",
    visitors: bool = False,
    also: Mapping[int, str] | None = None,
) -> Callable[[Any], Any]:
    """Describe a method of a view.

    name: unique; a generated client calls its function so. takes, gives: shapes; gives None: no content, or
    with another `media` a file. many: a page of them. asked, example: a request and an answer. visitors:
    whether nobody need be signed in. also: statuses that this one may have beside those of all.
    """
    media_types: dict[int | tuple[int, str], Any] = {}
    if media != "application/json":
        # Under both names: there are generators that know files by the second one alone.
        for one in dict.fromkeys((media, ANY_FILE)):
            media_types[status, one] = OpenApiResponse(OpenApiTypes.BINARY, description="the file")
    elif gives is None:
        media_types[status] = OpenApiResponse(description="done")
    else:
        media_types[status, media] = page_shape(gives) if many else gives
    examples = []
    if asked is not None:
        examples.append(OpenApiExample("request", asked, request_only=True))
    if example is not None:
        value = {"results": [example], "next": None} if many else example
        examples.append(OpenApiExample("answer", value, response_only=True, status_codes=[str(status)]))
    parameters: list[Any] = [*([PageIn] if many else []), *query]
    if gives is not None and media == "application/json":
        parameters.append(FIELDS)

    def described(method: Any) -> Any:
        method.visitors, method.also, method.media = visitors, dict(also or {}), media
        return extend_schema(
            operation_id=name,
            tags=[tag],
            request=takes,
            responses=media_types,
            parameters=parameters,
            examples=examples,
            # An empty requirement: nobody need be signed in.
            auth=cast("Any", [{}]) if visitors else None,
        )(method)

    return described


_pages: dict[Shape, Shape] = {}


def page_shape(row: Shape) -> Shape:
    """The shape of a page of rows."""
    if row not in _pages:
        name = f"{row.__name__.removesuffix('Out')}PageOut"
        fields = {
            "__doc__": "A page of a list.",
            "__module__": row.__module__,
            "results": row(many=True),
            "next": serializers.CharField(allow_null=True, help_text="`cursor` of the next page; null: none"),
        }
        _pages[row] = type(name, (serializers.Serializer,), fields)
    return _pages[row]


NULL_ENUM = "NullEnum"


def plain_nulls(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Say null for null: of a list of choices with nothing but null in it generators make a type."""

    def plain(part: Any) -> Any:
        if isinstance(part, list):
            return [plain(one) for one in part]
        if not isinstance(part, dict):
            return part
        if part.get("$ref") == f"#/components/schemas/{NULL_ENUM}":
            return {"type": "null"}
        return {name: plain(one) for name, one in part.items()}

    result["components"]["schemas"].pop(NULL_ENUM, None)
    made: dict[str, Any] = plain(result)
    return made


class OperationSchema(AutoSchema):
    """Adds to every operation what all of them have in common."""

    def get_override_parameters(self) -> list[Any]:
        """The idempotency key, wherever something is written."""
        parameters: list[Any] = super().get_override_parameters()
        return [*parameters, IDEMPOTENCY] if self.method not in {"GET", "HEAD"} else parameters

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: Any = False) -> str:  # noqa: FBT002 - as it is there
        """`AlbumIn` says already that it goes in."""
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        return name.removesuffix("Request") if name.endswith("InRequest") else name

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        known = ALWAYS | getattr(getattr(self.view, self.method.lower()), "also", {})
        if "{" in self.path:
            known |= OF_A_THING
        known |= OF_A_QUERY if self.method == "GET" else OF_A_BODY
        problem = self.resolve_serializer(Problem, direction).ref
        for status, description in known.items():
            bodies.setdefault(
                str(status),
                {"description": description, "content": {PROBLEM_MEDIA: {"schema": problem}}},
            )
        return dict(sorted(bodies.items()))


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its own metaclass registers it
    """`Authorization: Bearer tro_…`."""

    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """As OpenAPI names it."""
        del auto_schema
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made under Settings, API tokens. Its scopes say what it may do.",
        }
