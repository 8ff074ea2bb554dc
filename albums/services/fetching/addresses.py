"""Addresses on the public internet, as opposed to those of this machine and its networks.

The tables follow IANA's registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890 and its updates).
"""

import ipaddress

_IPV4_SPECIAL = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network; 0.0.0.0 connects to this machine
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by a provider's customers (CGNAT)
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, with the metadata services of clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4, withdrawn
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks of networks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
# All public addresses are in here: loopback, link-local, unique local, site-local, multicast, IPv4-mapped,
# IPv4-compatible and NAT64's well-known prefix (64:ff9b::/96) are not.
_IPV6_PUBLIC = ipaddress.IPv6Network("2000::/3")
_IPV6_SPECIAL = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocol assignments, among them Teredo, which embeds an IPv4 address
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which embeds an IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)
# ISATAP embeds an IPv4 address behind one of these two groups, in any network.
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})


def is_public(address: str) -> bool:
    """Return True for a numeric address that anybody on the internet can reach; False for any other text.

    An IPv6 address that embeds an IPv4 address is never public, whatever that is: a gateway would follow it.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed.is_global and not any(parsed in network for network in _IPV4_SPECIAL)
    if parsed.scope_id is not None or (int(parsed) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return False
    return (
        parsed in _IPV6_PUBLIC
        and parsed.is_global
        and not any(parsed in network for network in _IPV6_SPECIAL)
    )
