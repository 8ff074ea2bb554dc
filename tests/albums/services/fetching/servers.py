"""A real HTTP server on this machine, and a network that reaches it under public addresses."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from albums.exceptions import PictureLinkCode, PictureLinkError
from albums.services.fetching.pictures import picture_fetch

HOST = "pictures.example"
LINK = f"http://{HOST}/a.jpg"
PUBLIC_ADDRESS = "93.184.215.14"

Page = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class LocalServer:
    """A server whose pages a test defines by path, and the Host header and path of each request."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)

    def sends(self, path: str, content: bytes, media_type: str = "image/jpeg", **headers: str) -> None:
        """Answer a path with this content; an underscore in a header's name becomes a hyphen."""

        def page(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", media_type)
            handler.send_header("Content-Length", str(len(content)))
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(content)

        self.pages[path] = page

    def redirects(self, path: str, location: str, status: int = 302) -> None:
        """Redirect a path to another link."""

        def page(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Location", location)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        self.pages[path] = page


@contextlib.contextmanager
def local_server(context: ssl.SSLContext | None = None) -> Iterator[LocalServer]:
    """Run a server until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.requests.append((self.headers["Host"], self.path))
            # The client may be gone before the end.
            with contextlib.suppress(OSError):
                server.pages[self.path](self)

        def log_message(self, *arguments: object) -> None:
            """Print nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.handle_error = lambda *_: None  # type: ignore[method-assign]  # a failed handshake is expected
    if context is not None:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    server = LocalServer(listening.server_address[1])
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()


@dataclass
class LocalNetwork:
    """A network in which every connection ends at a local server; names have the addresses of a test."""

    server: LocalServer
    hosts: dict[str, list[str]] = field(default_factory=dict)
    connected: list[tuple[str, int]] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)
    trusted: str | None = None

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host."""
        if host not in self.hosts:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return self.hosts[host]

    def connect(self, address: str, port: int, timeout: float) -> socket.socket:
        """Connect to the local server, and remember the address that was meant."""
        self.connected.append((address, port))
        if address in self.unreachable:
            raise ConnectionRefusedError
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=timeout)

    def tls(self) -> ssl.SSLContext:
        """Return a verifying context that trusts one certificate."""
        return ssl.create_default_context(cafile=self.trusted)


def refusal(link: str, network: LocalNetwork | None, **options: float) -> PictureLinkError:
    """Return the error with which a link is refused."""
    with pytest.raises(PictureLinkError) as caught:
        picture_fetch(link, network=network, **options)  # type: ignore[arg-type]  # most_bytes is whole
    return caught.value


def code_of(link: str, network: LocalNetwork | None, **options: float) -> PictureLinkCode:
    """Return the code with which a link is refused."""
    return refusal(link, network, **options).code
