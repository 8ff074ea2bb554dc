"""Connections to public addresses that end at a deadline, whatever the other side does."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Protocol

from albums.exceptions import PictureLinkCode, PictureLinkError
from albums.services.fetching.addresses import is_public
from albums.services.fetching.links import Link

MOST_ADDRESSES = 4
ADDRESS_SECONDS = 3.0
"""Seconds for a connection to one address, before the next one is tried."""


class Network(Protocol):
    """The network, as far as this package uses it."""

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the numeric addresses of a host. Raises OSError."""
        ...

    def connect(self, address: str, port: int, timeout: float) -> socket.socket:
        """Return a TCP connection to a numeric address. Raises OSError."""
        ...

    def tls(self) -> ssl.SSLContext:
        """Return the context that verifies certificates and host names."""
        ...


class SystemNetwork:
    """The network of this machine."""

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses by the system's resolver, which also reads unusual forms such as 0x7f.1."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def connect(self, address: str, port: int, timeout: float) -> socket.socket:
        """Connect to the address itself: a numeric address is not looked up again."""
        return socket.create_connection((address, port), timeout=timeout)

    def tls(self) -> ssl.SSLContext:
        """Return the context with the system's certificates."""
        return ssl.create_default_context()


class Deadline:
    """A point in time after which nothing is waited for."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds until then. Raises PictureLinkError when it has passed."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise PictureLinkError(PictureLinkCode.TOO_SLOW)
        return seconds


def public_addresses(link: Link, network: Network, deadline: Deadline) -> list[str]:
    """Return the addresses of the link's host. Raises PictureLinkError unless all of them are public.

    A host that does not exist has the same code: the answer must not tell which names the server's own
    network has.
    """
    found: list[str] = []

    def look_up() -> None:
        # A name that cannot be encoded is no host either (UnicodeError).
        with suppress(OSError, UnicodeError):
            found.extend(network.addresses(link.host, link.port))

    # The resolver has no timeout. A thread that is still waiting ends by itself.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if thread.is_alive():
        raise PictureLinkError(PictureLinkCode.TOO_SLOW)
    if not found or not all(map(is_public, found)):
        raise PictureLinkError(PictureLinkCode.NOT_PUBLIC)
    return found[:MOST_ADDRESSES]


@contextmanager
def opened(link: Link, network: Network, deadline: Deadline) -> Iterator[http.client.HTTPConnection]:
    """Open a connection to a checked address of the link's host, and close it at the deadline at the latest.

    The name is looked up once and the connection is made to an address of that answer, so that a second
    answer, which differs, cannot lead elsewhere. Certificate and Host are still those of the name. Raises
    PictureLinkError.
    """
    with ExitStack() as stack:
        sock = stack.enter_context(_connected(link, network, deadline))
        try:
            if link.scheme == "https":
                sock = stack.enter_context(
                    network.tls().wrap_socket(sock, server_hostname=link.host, do_handshake_on_connect=False)
                )
            # A timeout of a socket starts again with every byte: a server that sends one byte a second never
            # meets it. The timer ends the connection itself, and what was waiting for it returns.
            timer = threading.Timer(deadline.left(), _shut, [sock])
            timer.daemon = True
            stack.callback(timer.cancel)
            timer.start()
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            connection = http.client.HTTPConnection(link.host, link.port)
            # It connects by itself only when it has no socket.
            connection.sock = sock
            yield connection
        except (OSError, http.client.HTTPException) as error:
            deadline.left()
            raise PictureLinkError(PictureLinkCode.UNREACHABLE, type(error).__name__) from error


def _connected(link: Link, network: Network, deadline: Deadline) -> socket.socket:
    for address in public_addresses(link, network, deadline):
        timeout = min(deadline.left(), ADDRESS_SECONDS)
        with suppress(OSError):
            sock = network.connect(address, link.port, timeout)
            sock.settimeout(deadline.left())
            return sock
    deadline.left()
    raise PictureLinkError(PictureLinkCode.UNREACHABLE)


def _shut(sock: socket.socket) -> None:
    # The method of the plain socket: that of SSLSocket changes the object that another thread is using.
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
