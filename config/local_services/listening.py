"""The web server's socket, host names and URL."""

import http.client
import ipaddress
import socket

import psutil

from config.local_services.errors import ServiceError

PORTS_TO_TRY = 100
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
# Wildcard addresses, with the loopback address of the same family.
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened on


class PortError(ServiceError):
    """The web server cannot listen on the address."""


def listen(host: str, port: int | None, *, default: int) -> socket.socket:
    """Return a listening socket on `port`, or on the first free one from `default` when `port` is None."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    problem = ""
    for number in [port] if port is not None else range(default, default + PORTS_TO_TRY):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
            listener.listen(128)
        except OSError as error:
            listener.close()
            problem = f"{host}:{number}: {error.strerror or error}"
        else:
            return listener
    raise PortError(f"The web server cannot listen on {problem}. Choose another with --port or --host.")


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_addresses() -> list[str]:
    """Return this machine's addresses, IPv4 first, without loopback and link-local ones."""
    found = []
    for addresses in psutil.net_if_addrs().values():
        for entry in addresses:
            if entry.family in (socket.AF_INET, socket.AF_INET6):
                address = ipaddress.ip_address(entry.address.partition("%")[0])
                if not (address.is_loopback or address.is_link_local):
                    found.append(address)
    return [str(address) for address in sorted(found, key=lambda one: (one.version, int(one)))]


def names(host: str) -> list[str]:
    """Return the host names of a server that listens on `host`, for ALLOWED_HOSTS."""
    if is_loopback(host):
        return list(LOOPBACK_NAMES)
    if host not in WILDCARDS:
        return [*LOOPBACK_NAMES, _bracketed(host)]
    name = socket.gethostname()
    return [*LOOPBACK_NAMES, name, f"{name}.local", *map(_bracketed, own_addresses())]


def url(host: str, port: int) -> str:
    """Return the URL to show to the user."""
    if host in WILDCARDS:
        host = next(iter(own_addresses()), "127.0.0.1")
    return f"http://{_bracketed(host)}" + (f":{port}" if port != http.client.HTTP_PORT else "")


def responds(host: str, port: int) -> bool:
    """Return whether a web server responds without an error of its own."""
    connection = http.client.HTTPConnection(WILDCARDS.get(host, host), port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
