"""Maps exceptions to HTTP responses of one format: `application/problem+json` (RFC 9457).

`code` is stable, `detail` is a message for users in their language, and `fields` lists errors of the request.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ServiceValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from albums.error_messages import pictures_busy_message, refusal_message, wait_message
from albums.exceptions import (
    AlbumFillsItself,
    AlbumNameTaken,
    ArchivesBusy,
    DigestDiffers,
    ImageRefused,
    JobCode,
    JobProblem,
    LinkExpired,
    LinkNotFound,
    LinkPasswordNeeded,
    LinkWithoutDownloads,
    LinkWithoutLookalike,
    OffsetDiffers,
    PicturesBusy,
    RefusalCode,
    StyleCode,
    TooManyAttempts,
    TooManySearches,
    UploadRefused,
)
from albums.http.job_texts import job_problem_text
from api.negotiation import PROBLEM
from faces.error_messages import model_error_message, picture_error_message
from faces.exceptions import (
    ComparisonError,
    FaceNotReadYet,
    NameTaken,
    NotTheNewest,
    NotThere,
    PeopleError,
    PersonNotReadYet,
)
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)

INVALID = gettext_lazy("The request is invalid.")
NOT_FOUND = gettext_lazy("Not found.")
NOT_ALLOWED = gettext_lazy("This is not allowed.")
CONFLICT_CODES = frozenset(
    {
        *("name_taken", "facts_contradict", "not_the_newest", "already_undone", "question_gone"),
        *("nothing_left", "recognition_off", "reindex_under_way", "facts_in_danger", "face_there_already"),
    }
)
"""Codes of valid requests that conflict with the current state: 409. NotThere is 404, other codes are 400."""
WHOLE_REQUEST = "request"
UNNAMED_FIELDS = frozenset({"non_field_errors", "__all__"})
CONSTANT_PROBLEMS: dict[type[Exception], tuple[HTTPStatus, str, object]] = {
    LinkNotFound: (HTTPStatus.NOT_FOUND, "not_there", NOT_FOUND),
    LinkExpired: (HTTPStatus.GONE, "link_expired", gettext_lazy("This link has expired.")),
    LinkPasswordNeeded: (
        HTTPStatus.FORBIDDEN,
        "password_needed",
        gettext_lazy("This link requires a password. Send it in the header Share-Password."),
    ),
    LinkWithoutDownloads: (
        HTTPStatus.FORBIDDEN,
        "permission_denied",
        gettext_lazy("This link doesn't allow downloads."),
    ),
    LinkWithoutLookalike: (
        HTTPStatus.FORBIDDEN,
        "permission_denied",
        gettext_lazy("This link doesn't allow look-alike searches."),
    ),
    DigestDiffers: (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "damaged_on_the_way",
        gettext_lazy("The file was damaged in transit: its hash differs. Send it again."),
    ),
    AlbumNameTaken: (
        HTTPStatus.CONFLICT,
        "name_taken",
        gettext_lazy("You already have an album with this name."),
    ),
    AlbumFillsItself: (
        HTTPStatus.CONFLICT,
        "album_fills_itself",
        gettext_lazy("A smart album gets its photos by its rule. Change the rule instead."),
    ),
}
UPLOAD_STATUSES = {
    RefusalCode.FULL: HTTPStatus.CONFLICT,
    RefusalCode.NO_ROOM: HTTPStatus.INSUFFICIENT_STORAGE,
    RefusalCode.TOO_LONG: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    RefusalCode.QUOTA_EXCEEDED: HTTPStatus.INSUFFICIENT_STORAGE,
}

JOB_STATUSES: dict[str, HTTPStatus] = {
    JobCode.UNKNOWN_KIND: HTTPStatus.NOT_FOUND,
    JobCode.PHOTO_GONE: HTTPStatus.NOT_FOUND,
    JobCode.FILE_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    JobCode.FULL: HTTPStatus.INSUFFICIENT_STORAGE,
    StyleCode.MODEL_MISSING: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Statuses of a job that does not start or change; 409 for other codes."""


class Conflict(APIException):
    """A valid request that conflicts with the current state."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class Unprocessable(APIException):
    """A well-formed request that can't be processed."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "unprocessable"


def error_response(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response to an exception of a view; None for unexpected ones, which become a 500."""
    problem = _service_problem(exception)
    if problem is not None:
        return _response(problem)
    response = exception_handler(exception, context)
    if response is None:
        return None
    match exception:
        case ValidationError():
            problem = _invalid(exception.detail)
        case Http404():
            problem = problem_of(HTTPStatus.NOT_FOUND, "not_there", str(NOT_FOUND))
        case PermissionDenied():
            problem = problem_of(HTTPStatus.FORBIDDEN, "permission_denied", str(NOT_ALLOWED))
        case APIException():
            code = exception.get_codes()
            problem = problem_of(
                response.status_code, code if isinstance(code, str) else "error", str(exception.detail)
            )
            if "Retry-After" in response:
                problem["retry_after"] = int(response["Retry-After"])
        case _:
            return None
    headers = {name: value for name, value in response.items() if name.lower() != "content-type"}
    return _response(problem, headers=headers)


def problem_of(status: int, code: str, detail: str, **members: object) -> dict[str, Any]:
    """Return the body of a problem. code: a stable name; members: additional members."""
    return {
        # A name in place of an address: the client may have no access to documentation on the web.
        "type": f"urn:trombine:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        **members,
    }


def _service_problem(exception: Exception) -> dict[str, Any] | None:
    """Return the problem for an exception of the services, None for others."""
    if constant := CONSTANT_PROBLEMS.get(type(exception)):
        status, code, message = constant
        return problem_of(status, code, str(message))
    members: dict[str, Any] = {}
    detail = str(exception)
    match exception:
        case ServiceValidationError():
            return _invalid(
                exception.message_dict if hasattr(exception, "error_dict") else exception.messages
            )
        case PeopleError():
            return _people_problem(exception)
        case ComparisonError(code=code, which=which):
            late = isinstance(exception, FaceNotReadYet | PersonNotReadYet)
            status = HTTPStatus.CONFLICT if late else HTTPStatus.UNPROCESSABLE_ENTITY
            detail, members = picture_error_message(exception), {"picture": which}
        case ImageRefused(code=code, values=values):
            status, detail = HTTPStatus.UNPROCESSABLE_ENTITY, refusal_message(code, values)
        case UploadRefused(code=code, values=values):
            status, detail = UPLOAD_STATUSES[code], refusal_message(code, values)
        case JobProblem(code=code):
            status, detail = JOB_STATUSES.get(code, HTTPStatus.CONFLICT), job_problem_text(exception)
        case OffsetDiffers(received=received):
            status, code, members = HTTPStatus.CONFLICT, "offset_differs", {"received": received}
        case TooManyAttempts(seconds=seconds):
            status, members = HTTPStatus.TOO_MANY_REQUESTS, {"retry_after": seconds}
            code, detail = _too_many(exception)
        case ArchivesBusy() | PicturesBusy():
            status, (code, detail, seconds) = HTTPStatus.SERVICE_UNAVAILABLE, _busy(exception)
            members = {"retry_after": seconds}
        case VisionError():
            logger.warning("A model cannot be used: %s", exception)
            status, code = HTTPStatus.SERVICE_UNAVAILABLE, "model_unavailable"
            detail = model_error_message(exception)
        case _:
            return None
    return problem_of(status, str(code), detail, **members)


def _busy(error: ArchivesBusy | PicturesBusy) -> tuple[str, str, int]:
    if isinstance(error, PicturesBusy):
        return "pictures_busy", pictures_busy_message(), error.seconds
    return "archives_busy", _("The server is busy with other zips. Try again in a minute."), 60


def _too_many(error: TooManyAttempts) -> tuple[str, str]:
    if isinstance(error, TooManySearches):
        return "too_many_searches", _("Too many searches. Try again in ten minutes.")
    return "too_many_tries", wait_message(error.seconds)


def _people_problem(error: PeopleError) -> dict[str, Any]:
    status = HTTPStatus.CONFLICT if error.code in CONFLICT_CODES else HTTPStatus.BAD_REQUEST
    match error:
        case NotThere():
            return problem_of(HTTPStatus.NOT_FOUND, error.code, str(NOT_FOUND))
        case NameTaken(namesake_id=person):
            return problem_of(status, error.code, str(error), person=person)
        case NotTheNewest(newest_id=newest) if newest:
            return problem_of(status, error.code, str(error), change=newest)
    return problem_of(status, error.code, str(error))


def _invalid(detail: object) -> dict[str, Any]:
    """Return a problem with the errors of each field; those of the whole request are under `request`."""
    return problem_of(HTTPStatus.BAD_REQUEST, "invalid", str(INVALID), fields=_flat(detail, ""))


def _flat(detail: object, path: str) -> dict[str, list[str]]:
    """Return the messages by the dotted path of their field."""
    inside: list[tuple[object, object]]
    if isinstance(detail, Mapping):
        inside = list(detail.items())
    elif isinstance(detail, list) and any(isinstance(one, (Mapping, list)) for one in detail):
        inside = list(enumerate(detail))
    elif isinstance(detail, list):
        return {path or WHOLE_REQUEST: [str(one) for one in detail]} if detail else {}
    else:
        return {path or WHOLE_REQUEST: [str(detail)]}
    found: dict[str, list[str]] = {}
    for name, part in inside:
        found |= _flat(part, path if name in UNNAMED_FIELDS else f"{path}.{name}".removeprefix("."))
    return found


def _response(problem: dict[str, Any], *, headers: Mapping[str, str] | None = None) -> Response:
    response = Response(problem, status=problem["status"], headers=headers, content_type=PROBLEM)
    if "retry_after" in problem:
        response.headers["Retry-After"] = str(problem["retry_after"])
    return response
