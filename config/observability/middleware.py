"""Middleware that gives each request an id, logs it and measures its duration.

Several web processes merge their metrics in the folder PROMETHEUS_MULTIPROC_DIR, which is empty at startup;
bin/start sets it.
"""

import logging
import os
import time
from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics
from structlog.contextvars import bind_contextvars, clear_contextvars

from config.observability.metric_files import has_metrics_room
from config.observability.requests import ID_HEADER, STATIC, method_of, new_id, route_of, valid_id
from config.web_server.body_check import BODY_LENGTH

logger = logging.getLogger(__name__)

# Frequent requests of machines and pages: logged at DEBUG.
QUIET = frozenset({STATIC, "healthz", "readyz", "metrics", "favicon"})

# Nothing needs these additional series.
disable_created_metrics()  # type: ignore[no-untyped-call]  # untyped in the library
REGISTRY = CollectorRegistry()
REQUEST_SECONDS = Histogram(
    "trombine_http_request_duration_seconds",
    "Time until the response to a request begins, by method, route name and status class.",
    ("method", "route", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)


class RequestMiddleware:
    """Must be the first middleware, to cover the responses of all others.

    The duration ends when the response begins; streaming comes after it. The id stays bound until the next
    request of this thread, so that errors while streaming have it as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Process the request and return the response with its id in the header."""
        start = time.perf_counter()
        request_id = valid_id(request.headers.get(ID_HEADER)) or new_id()
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response.headers[ID_HEADER] = request_id
        if BODY_LENGTH in request.META and response.status_code < HTTPStatus.BAD_REQUEST:
            # The web server's question about a body: the request itself follows.
            return response
        seconds = time.perf_counter() - start
        route, method, status = route_of(request), method_of(request), response.status_code
        if has_metrics_room(os.getpid()):
            REQUEST_SECONDS.labels(method, route, f"{status // 100}xx").observe(seconds)
        fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000)}
        if (user_id := _user_id(request)) is not None:
            fields["user"] = user_id
        quiet = route in QUIET and status < HTTPStatus.INTERNAL_SERVER_ERROR
        logger.log(logging.DEBUG if quiet else logging.INFO, "request", extra=fields)
        return response


def _user_id(request: HttpRequest) -> int | None:
    """Return the id of the user if a view has loaded them already: logging makes no query."""
    attributes = vars(request)
    user = attributes.get("_cached_user") or attributes.get("user")
    if isinstance(user, SimpleLazyObject) or not isinstance(user, AbstractBaseUser):
        return None
    # None after the request that deleted the account.
    return None if user.pk is None else int(user.pk)
