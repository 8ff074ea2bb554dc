"""The network address of a client, also behind proxies."""

import ipaddress

# The provider of an IPv6 connection gives its customer at least so large a network.
V6_PREFIX = 64


def client_of(peer: str, forwarded: str, *, proxies: int) -> str:
    """Return the address that sent a request; of IPv6 the network, whose addresses one client can all use.

    peer: who is connected. forwarded: the X-Forwarded-For header, to which each of our `proxies` has added
    who connected to it; what stands further to the left is the client's own word. Without proxies the header
    is not read at all.
    """
    parts = [part.strip() for part in forwarded.split(",")]
    named = parts[-min(proxies, len(parts))] if proxies else ""
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
