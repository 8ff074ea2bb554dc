"""The responses while a service is unavailable or the disk is full: they say so, and when to try again."""

import logging
from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from api.exceptions import problem_of
from api.negotiation import PROBLEM, is_api
from config.outages import Outage, outage_of

logger = logging.getLogger(__name__)

READING_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The response to requests that an outage concerns. seconds: when to try again."""

    status: HTTPStatus
    code: str
    seconds: int
    title: str | Promise
    detail: str | Promise


RESPONSES = {
    Outage.DATABASE: Unavailable(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "database_unavailable",
        10,
        _("The database is not available"),
        _("Your photos are safe. Trombine works again as soon as its database answers."),
    ),
    Outage.BROKER: Unavailable(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "broker_unavailable",
        15,
        _("Background work is not available"),
        _("This cannot be started now, and nothing was changed. Try again in a minute."),
    ),
    Outage.DISK: Unavailable(
        HTTPStatus.INSUFFICIENT_STORAGE,
        "no_room",
        60,
        _("The server's disk is full"),
        _("Nothing was stored. Photos can be viewed, and added again when there is room on the disk."),
    ),
}


def outage_response(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """Return the response to an error that an outage causes; None for any other error."""
    outage = outage_of(error)
    if outage is None:
        return None
    found = RESPONSES[outage]
    logger.warning("Not available: %s", outage.value)
    # An error may come before the middleware that chooses the language.
    with translation.override(translation.get_language_from_request(request)):
        response = _response(request, found)
    response.headers["Retry-After"] = str(found.seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def _response(request: HttpRequest, found: Unavailable) -> HttpResponse:
    if is_api(request):
        problem = problem_of(found.status, found.code, str(found.detail), retry_after=found.seconds)
        return JsonResponse(problem, status=found.status, content_type=PROBLEM)
    reading = request.method in READING_METHODS and found.status == HTTPStatus.SERVICE_UNAVAILABLE
    context = {
        "title": found.title,
        "detail": found.detail,
        # Another method may not be repeated, and its address may not be a page.
        "reload_seconds": found.seconds if reading else None,
    }
    return HttpResponse(render_to_string("unavailable.html", context), status=found.status)
