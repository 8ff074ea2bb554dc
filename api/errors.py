"""Handlers of errors outside the API views: a problem below /api/, an HTML page elsewhere."""

import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from albums.http.csrf_causes import csrf_cause
from albums.http.htmx import is_scripted, script_error, signed_out, wants_json
from albums.http.request_limits import MalformedRequest
from api.exceptions import INVALID, NOT_ALLOWED, NOT_FOUND, problem_of
from api.negotiation import PROBLEM, is_api
from api.outages import outage_response

Handler = Callable[..., HttpResponse]
Reason = tuple[HTTPStatus, str, object]

MALFORMED: dict[type[Exception], Reason] = {
    RequestDataTooBig: (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too_large",
        _("The request is too large."),
    ),
    TooManyFieldsSent: (HTTPStatus.BAD_REQUEST, "too_many_fields", _("The request has too many fields.")),
    TooManyFilesSent: (HTTPStatus.BAD_REQUEST, "too_many_files", _("The request has too many files.")),
    MultiPartParserError: (HTTPStatus.BAD_REQUEST, "invalid_form", _("The form was damaged in transit.")),
    DisallowedHost: (
        HTTPStatus.BAD_REQUEST,
        "unknown_host",
        _("This server does not know this host name. Its operator can add it to TROMBINE_ALLOWED_HOSTS."),
    ),
}
"""Django's own refusals of a request; the other ones are MalformedRequest."""


def _handler(status: HTTPStatus, code: str, detail: object, page: Handler) -> Handler:
    def handler(request: HttpRequest, *args: Any, **context: Any) -> HttpResponse:
        if not is_api(request):
            if wants_json(request):
                return script_error(status, code, str(detail))
            return page(request, *args, **context)
        return JsonResponse(problem_of(status, code, str(detail)), status=status, content_type=PROBLEM)

    return handler


def _reason(exception: Exception) -> Reason:
    if isinstance(exception, MalformedRequest):
        return exception.status, exception.code, exception
    return MALFORMED.get(type(exception), (HTTPStatus.BAD_REQUEST, "invalid", INVALID))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what is wrong with a request: to the API as a problem, to a script of a page as its errors."""
    # It may have been refused before its language was known.
    with translation.override(translation.get_language_from_request(request)):
        status, code, detail = _reason(exception)
        response = _refusal(request, status, code, str(detail), "400.html")
    # Expected, and a line of the request's log: Django would add the traceback.
    response._has_been_logged = isinstance(exception, MalformedRequest)  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Name the cause for which a form or a writing request of a script is refused.

    A script without a session gets 401 instead, since its user must sign in first.
    """
    if is_scripted(request) and not request.user.is_authenticated and not _is_open(request):
        return signed_out()
    code, detail = csrf_cause(request, reason)
    return _refusal(request, HTTPStatus.FORBIDDEN, code, detail, "403_csrf.html")


def _is_open(request: HttpRequest) -> bool:
    """Return whether a page is also for visitors: the sign-in page, and those of share links."""
    return request.path_info.startswith(("/api/", "/s/", reverse("albums:sign_in")))


def _refusal(request: HttpRequest, status: HTTPStatus, code: str, detail: str, template: str) -> HttpResponse:
    if is_api(request):
        problem = problem_of(status, code, detail)
        return JsonResponse(problem, status=status, content_type=PROBLEM)
    if is_scripted(request):
        return script_error(status, code, detail)
    return render(request, template, {"detail": detail}, status=status)


permission_denied = _handler(
    HTTPStatus.FORBIDDEN, "permission_denied", NOT_ALLOWED, defaults.permission_denied
)
not_found = _handler(HTTPStatus.NOT_FOUND, "not_there", NOT_FOUND, defaults.page_not_found)
_defect = _handler(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "defect",
    _("Something went wrong. The error was logged."),
    defaults.server_error,
)


def server_error(request: HttpRequest, *args: Any, **context: Any) -> HttpResponse:
    """Return the response to an unexpected error, or to one of an unavailable service.

    Errors of views and of all middleware arrive here, where Django handles the exception.
    """
    return outage_response(request, sys.exc_info()[1]) or _defect(request, *args, **context)
