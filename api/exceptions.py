"""The one place where errors become HTTP, and the one shape that they have: that of RFC 9457.

`application/problem+json`: `code` is stable and for programs, `detail` is for people, in their language;
`fields` is there when the request itself was wrong, and says of each field what.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ServiceValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from albums.error_messages import refusal_message
from albums.exceptions import (
    AlbumFillsItself,
    ArchivesBusy,
    DigestDiffers,
    ImageRefused,
    OffsetDiffers,
    RefusalCode,
    TooManyTries,
    UploadRefused,
)
from faces.error_messages import picture_error_message
from faces.exceptions import (
    ComparisonError,
    FaceNotReadYet,
    NameTaken,
    NotTheNewest,
    NotThere,
    PeopleError,
)

CONTENT_TYPE = "application/problem+json"

CONFLICTS = frozenset(
    {
        *("name_taken", "facts_contradict", "not_the_newest", "already_undone", "question_gone"),
        *("nothing_left", "recognition_off", "reindex_under_way", "facts_in_danger", "face_there_already"),
    }
)
"""Codes of what is right in itself and cannot be done as things are: 409. Others are 400, NotThere is 404."""

WHOLE = "request"
OF_THE_WHOLE = frozenset({"non_field_errors", "__all__"})

OF_UPLOADS = {
    RefusalCode.FULL: HTTPStatus.CONFLICT,
    RefusalCode.NO_ROOM: HTTPStatus.INSUFFICIENT_STORAGE,
    RefusalCode.TOO_LONG: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    RefusalCode.QUOTA_EXCEEDED: HTTPStatus.INSUFFICIENT_STORAGE,
}


class Conflict(APIException):
    """Right in itself, and not possible as things are."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class Unprocessable(APIException):
    """Well formed, and nothing can be made of it."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "unprocessable"


def error_response(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception in a view; None for those that are defects, which become a 500."""
    problem = _of_services(exception)
    if problem is not None:
        return _answer(problem)
    answer = exception_handler(exception, context)
    if answer is None:
        return None
    match exception:
        case ValidationError():
            problem = _invalid(exception.detail, answer.status_code)
        case Http404():
            problem = problem_of(answer.status_code, "not_there", _("There is no such thing here."))
        case PermissionDenied():
            problem = problem_of(answer.status_code, "permission_denied", _("This is not allowed."))
        case APIException():
            codes = exception.get_codes()
            code = codes if isinstance(codes, str) else "error"
            problem = problem_of(answer.status_code, code, str(exception.detail))
            if "Retry-After" in answer:
                problem["retry_after"] = int(answer["Retry-After"])
        case _:
            return None
    kept = {name: value for name, value in answer.items() if name.lower() != "content-type"}
    return _answer(problem, headers=kept)


def problem_response(_request: HttpRequest, code: int) -> JsonResponse:
    """The same for what no view has answered: an address that is not there, or a defect."""
    match HTTPStatus(code):
        case HTTPStatus.NOT_FOUND:
            problem = problem_of(code, "not_there", _("There is no such address."))
        case HTTPStatus.FORBIDDEN:
            problem = problem_of(code, "permission_denied", _("This is not allowed."))
        case HTTPStatus.BAD_REQUEST:
            problem = problem_of(code, "invalid", _("The request is not complete or not right."))
        case _:
            problem = problem_of(code, "defect", _("Something went wrong here. It was written down."))
    return JsonResponse(problem, status=code, content_type=CONTENT_TYPE)


def problem_of(code: int, name: str, detail: str, **more: object) -> dict[str, Any]:
    """The body of a problem. `name` is its stable code; `more` are members of its own."""
    return {
        # A name, not an address: there may be no way from the client to where it would lead.
        "type": f"urn:trombine:problem:{name}",
        "title": HTTPStatus(code).phrase,
        "status": int(code),
        "code": name,
        "detail": detail,
        **more,
    }


def _of_services(exception: Exception) -> dict[str, Any] | None:
    """What the services raise; None for everything else."""
    more: dict[str, Any] = {}
    detail = str(exception)
    match exception:
        case ServiceValidationError():
            fields = exception.message_dict if hasattr(exception, "error_dict") else exception.messages
            return _invalid(fields, HTTPStatus.BAD_REQUEST)
        case PeopleError():
            return _of_people(exception)
        case ComparisonError(code=code, which=which):
            late = isinstance(exception, FaceNotReadYet)
            status = HTTPStatus.CONFLICT if late else HTTPStatus.UNPROCESSABLE_ENTITY
            detail, more = picture_error_message(exception), {"picture": which}
        case ImageRefused(code=code, values=values):
            status, detail = HTTPStatus.UNPROCESSABLE_ENTITY, refusal_message(code, values)
        case UploadRefused(code=code, values=values):
            status, detail = OF_UPLOADS[code], refusal_message(code, values)
        case OffsetDiffers(received=received):
            status, code, more = HTTPStatus.CONFLICT, "offset_differs", {"received": received}
        case DigestDiffers():
            status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "damaged_on_the_way"
            detail = _("The bytes that came are not those that were announced: send the file again.")
        case AlbumFillsItself():
            status, code = HTTPStatus.CONFLICT, "album_fills_itself"
            detail = _("Photos come and go in this album by its rule. Change the rule instead.")
        case TooManyTries(seconds=seconds):
            status, code = HTTPStatus.TOO_MANY_REQUESTS, "too_many_tries"
            detail, more = _("Too many wrong passwords. Wait a while."), {"retry_after": seconds}
        case ArchivesBusy():
            status, code = HTTPStatus.SERVICE_UNAVAILABLE, "archives_busy"
            detail, more = _("Other zips are being sent. Try again in a minute."), {"retry_after": 60}
        case _:
            return None
    return problem_of(status, str(code), detail, **more)


def _of_people(error: PeopleError) -> dict[str, Any]:
    status = HTTPStatus.CONFLICT if error.code in CONFLICTS else HTTPStatus.BAD_REQUEST
    more: dict[str, Any] = {}
    match error:
        case NotThere():
            status = HTTPStatus.NOT_FOUND
        case NameTaken(namesake_id=person):
            more = {"person": person}
        case NotTheNewest(newest_id=newest) if newest:
            more = {"change": newest}
    return problem_of(status, error.code, str(error), **more)


def _invalid(detail: object, status: int) -> dict[str, Any]:
    """What is wrong with each field; what is wrong with the whole is under `request`."""
    fields = _flat(detail, "")
    return problem_of(status, "invalid", _("The request is not complete or not right."), fields=fields)


def _flat(detail: object, path: str) -> dict[str, list[str]]:
    """Messages by the way to their field: one level, whatever was in what."""
    inside: list[tuple[object, object]]
    if isinstance(detail, Mapping):
        inside = list(detail.items())
    elif isinstance(detail, list) and any(isinstance(one, (Mapping, list)) for one in detail):
        inside = list(enumerate(detail))
    elif isinstance(detail, list):
        return {path or WHOLE: [str(one) for one in detail]} if detail else {}
    else:
        return {path or WHOLE: [str(detail)]}
    found: dict[str, list[str]] = {}
    for name, part in inside:
        found |= _flat(part, path if name in OF_THE_WHOLE else f"{path}.{name}".removeprefix("."))
    return found


def _answer(problem: dict[str, Any], *, headers: Mapping[str, str] | None = None) -> Response:
    answer = Response(problem, status=problem["status"], headers=headers, content_type=CONTENT_TYPE)
    if "retry_after" in problem:
        answer.headers["Retry-After"] = str(problem["retry_after"])
    return answer
