"""Gives every request an id, writes one line about it, and measures how long it took."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from structlog.contextvars import bind_contextvars, clear_contextvars

from config.observability.instruments import REQUEST_SECONDS
from config.observability.request_ids import HEADER, new_id, sane
from config.observability.routes import STATIC, method_of, route_of

logger = logging.getLogger(__name__)

# Asked for all the time, by machines and by every page.
QUIET = frozenset({STATIC, "healthz", "readyz", "metrics", "favicon"})


class RequestMiddleware:
    """Must be the first: what the others answer counts, too.

    The time is that until the answer begins: a zip or an original is sent after that. The id stays bound
    until the next request of this thread, so that what goes wrong while an answer is sent has it, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the id in the header."""
        began = time.perf_counter()
        request_id = sane(request.headers.get(HEADER)) or new_id()
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response.headers[HEADER] = request_id
        seconds = time.perf_counter() - began
        route, method, status = route_of(request), method_of(request), response.status_code
        REQUEST_SECONDS.labels(method, route, f"{status // 100}xx").observe(seconds)
        fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000)}
        if (user_id := _user_id(request)) is not None:
            fields["user"] = user_id
        quiet = route in QUIET and status < HTTPStatus.INTERNAL_SERVER_ERROR
        logger.log(logging.DEBUG if quiet else logging.INFO, "request", extra=fields)
        return response


def _user_id(request: HttpRequest) -> int | None:
    """Who asked, when that is known by now: nobody is looked up for it."""
    known = vars(request)
    user = known.get("_cached_user") or known.get("user")
    if isinstance(user, SimpleLazyObject) or not isinstance(user, AbstractBaseUser):
        return None
    # Who has just deleted the account has no number any more.
    return None if user.pk is None else int(user.pk)
