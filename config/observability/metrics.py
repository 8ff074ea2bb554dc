"""Prometheus endpoint and its access rules."""

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
from config.observability.metric_files import FOLDER_VARIABLE
from config.observability.middleware import REGISTRY

FORBIDDEN = (
    "Metrics are for the operator. Send the token in TROMBINE_METRICS_TOKEN (Authorization: Bearer …) or "
    "sign in as a superuser. Where neither a token nor a proxy is set, this machine itself may read them.\n"
)
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all metrics in Prometheus' text format; 403 for everybody but the operator."""
    if not _is_operator(request):
        return HttpResponse(FORBIDDEN, status=HTTPStatus.FORBIDDEN, content_type="text/plain; charset=utf-8")
    registry = CollectorRegistry()
    registry.register(TrombineCollector())
    ProcessCollector(registry=registry)
    if FOLDER_VARIABLE in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped in the library
        body = generate_latest(registry)
    else:
        body = generate_latest(REGISTRY) + generate_latest(registry)
    return HttpResponse(body, content_type=CONTENT_TYPE_PLAIN_1_0_0)


def _is_operator(request: HttpRequest) -> bool:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token: str = settings.METRICS_TOKEN
        return bool(token) and constant_time_compare(credentials.strip(), token)
    return _is_local(request) or bool(request.user.is_active and request.user.is_superuser)


def _is_local(request: HttpRequest) -> bool:
    """Return whether the request comes from this machine and not through a proxy.

    With a token or a proxy in the settings no request counts as local: a proxy on this machine may forward
    remote requests without any header that shows it.
    """
    if settings.METRICS_TOKEN or settings.HTTPS or settings.PROXIES:
        return False
    if any(name in request.headers for name in PROXY_HEADERS):
        return False
    try:
        # REMOTE_ADDR is empty on a Unix socket.
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "127.0.0.1").is_loopback
    except ValueError:
        return False
