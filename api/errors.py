"""Handlers of errors outside the API views: a problem below /api/, an HTML page elsewhere."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from api.exceptions import INVALID, NOT_ALLOWED, NOT_FOUND, problem_of
from api.negotiation import PROBLEM

Handler = Callable[..., HttpResponse]


def _handler(status: HTTPStatus, code: str, detail: object, page: Handler) -> Handler:
    def handler(request: HttpRequest, *args: Any, **context: Any) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return page(request, *args, **context)
        return JsonResponse(problem_of(status, code, str(detail)), status=status, content_type=PROBLEM)

    return handler


bad_request = _handler(HTTPStatus.BAD_REQUEST, "invalid", INVALID, defaults.bad_request)
permission_denied = _handler(
    HTTPStatus.FORBIDDEN, "permission_denied", NOT_ALLOWED, defaults.permission_denied
)
not_found = _handler(HTTPStatus.NOT_FOUND, "not_there", NOT_FOUND, defaults.page_not_found)
server_error = _handler(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "defect",
    _("Something went wrong. The error was logged."),
    defaults.server_error,
)
