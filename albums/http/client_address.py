"""The network address of a request's client, also behind proxies."""

from django.conf import settings
from django.http import HttpRequest

from config.web_server.client_addresses import client_of


def client_address(request: HttpRequest) -> str:
    """Return the address that sent a request, by TROMBINE_PROXIES; of IPv6 the network."""
    peer: str = request.META.get("REMOTE_ADDR") or ""
    return client_of(peer, request.META.get("HTTP_X_FORWARDED_FOR", ""), proxies=settings.PROXIES)
