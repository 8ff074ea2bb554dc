"""The one place where errors become HTTP, and the one shape that they have.

`{"error": {"code": "...", "message": "...", "fields": {...}}}`: the code is stable, the message is for
people, `fields` is there when the request itself was wrong.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from faces.exceptions import NotThere, PeopleError

CONFLICTS = frozenset(
    {"name_taken", "facts_contradict", "not_the_newest", "already_undone", "question_gone", "nothing_left"}
)
"""Codes of what is right in itself and cannot be done as things are: 409. Others are 400, NotThere is 404."""


def error_response(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception in a view; None for those that are defects, which become a 500."""
    if isinstance(exception, PeopleError):
        return Response(_body(exception.code, str(exception)), status=_status_of(exception))
    answer = exception_handler(exception, context)
    if answer is None:
        return None
    if isinstance(exception, ValidationError):
        answer.data = _body("invalid", "The request is not complete or not right.", fields=answer.data)
    elif isinstance(exception, Http404):
        answer.data = _body("not_there", "There is no such thing here.")
    elif isinstance(exception, PermissionDenied):
        answer.data = _body("permission_denied", "This is not allowed.")
    elif isinstance(exception, APIException):
        codes = exception.get_codes()
        answer.data = _body(codes if isinstance(codes, str) else "error", str(exception.detail))
    return answer


def _status_of(error: PeopleError) -> int:
    if isinstance(error, NotThere):
        return status.HTTP_404_NOT_FOUND
    return status.HTTP_409_CONFLICT if error.code in CONFLICTS else status.HTTP_400_BAD_REQUEST


def _body(code: str, message: str, *, fields: object = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if fields is not None:
        error["fields"] = fields
    return {"error": error}
