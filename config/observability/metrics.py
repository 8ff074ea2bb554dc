"""The page that Prometheus scrapes, and who may see it."""

from __future__ import annotations

import ipaddress
import os
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.multiprocess import MultiProcessCollector

from config.observability.collector import TrombineCollector
from config.observability.instruments import REGISTRY

NOT_FOR_YOU = (
    "These are for the operator. Ask with the token in TROMBINE_METRICS_TOKEN (Authorization: Bearer …) "
    "or signed in as a superuser; where neither a token nor a proxy is set, also from the machine itself.\n"
)
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything that is measured, in Prometheus' text format; 403 for whoever is not the operator."""
    if not _is_operator(request):
        return HttpResponse(
            NOT_FOR_YOU, status=HTTPStatus.FORBIDDEN, content_type="text/plain; charset=utf-8"
        )
    registry = CollectorRegistry()
    registry.register(TrombineCollector())
    ProcessCollector(registry=registry)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # as the library has it
        measured = generate_latest(registry)
    else:
        measured = generate_latest(REGISTRY) + generate_latest(registry)
    return HttpResponse(measured, content_type=CONTENT_TYPE_PLAIN_1_0_0)


def _is_operator(request: HttpRequest) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token: str = settings.METRICS_TOKEN
        return bool(token) and constant_time_compare(given.strip(), token)
    return _comes_from_here(request) or bool(request.user.is_active and request.user.is_superuser)


def _comes_from_here(request: HttpRequest) -> bool:
    """Whether it was asked on this machine, by nobody who asks for others.

    Where the settings tell of a proxy, or of a token to be used, being here is not enough: a proxy on this
    machine may bring in everybody and not say so.
    """
    if settings.METRICS_TOKEN or settings.HTTPS or settings.REST_FRAMEWORK["NUM_PROXIES"]:
        return False
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        # Empty when it came through a Unix socket.
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "127.0.0.1").is_loopback
    except ValueError:
        return False
