"""The network address of a client, also behind proxies."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# The provider of an IPv6 connection gives its customer at least so large a network.
V6_PREFIX = 64


def client_address(request: HttpRequest) -> str:
    """Return the address that sent a request; of IPv6 the network, whose addresses one client can all use.

    With TROMBINE_PROXIES, each of these proxies has added to X-Forwarded-For who connected to it; what
    stands further to the left is the client's own word. Without, the header is not read at all.
    """
    peer: str = request.META.get("REMOTE_ADDR") or ""
    proxies: int = settings.PROXIES
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    named = forwarded[-min(proxies, len(forwarded))] if proxies else ""
    return _normalized(named) or _normalized(peer) or peer


def _normalized(address: str) -> str:
    """Return an address in its one form without a port; an empty one for anything else."""
    host = address
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(found), V6_PREFIX), strict=False))
        return str(found.ipv4_mapped)
    return str(found)
