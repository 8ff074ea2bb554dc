"""Connections of clients, counted by address."""

import asyncio
import logging
from collections import Counter
from http import HTTPStatus
from typing import Any, cast

from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest
from aiohttp.web_response import Response, StreamResponse
from aiohttp.web_server import Server

from config.web_server.client_addresses import client_of
from config.web_server.limits import Limits

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 5.0
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nRetry-After: 30\r\n"
    b"Connection: close\r\nContent-Length: 32\r\n\r\nToo many connections. Try later."
)


class Connection(RequestHandler):
    """A connection of a client."""

    # The base class has slots; the attributes below need a dictionary.

    def __init__(self, server: "ConnectionServer", **options: Any) -> None:
        super().__init__(server, **options)
        self.server = server
        self.client: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection, or refuse it."""
        line = cast("asyncio.Transport", transport)
        self.client = self.server.admit(line)
        super().connection_made(transport)
        if self.client is None:
            line.write(_FULL)
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """No longer count the connection."""
        self.server.forget(self.client)
        self.client = None
        super().connection_lost(exc)

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> StreamResponse:
        """Answer what is no valid request. It is not logged: anybody can send it."""
        del message
        if request.writer.output_size > 0:
            raise ConnectionAbortedError("The response has begun.")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("A request failed in the web server", exc_info=exc)
        response = Response(status=status, text=f"{HTTPStatus(status).phrase}\n")
        response.force_close()
        return response


class ConnectionServer(Server):
    """The connections of this process, within the limits."""

    def __init__(self, handler: Any, limits: Limits) -> None:
        super().__init__(handler)
        self.limits = limits
        self._of_client: Counter[str] = Counter()
        self._closing: dict[asyncio.Transport, float] = {}
        self._count = 0

    def __call__(self) -> Connection:
        """Return the protocol of a new connection."""
        return Connection(
            self,
            loop=self._loop,
            # From the start of a connection, or the end of a response, to the end of the next headers.
            keepalive_timeout=self.limits.header_seconds,
            lingering_time=self.limits.linger_seconds,
            auto_decompress=False,
            access_log=None,
        )

    def admit(self, transport: asyncio.Transport) -> str | None:
        """Count a connection and return its address; None if there are too many."""
        peer = transport.get_extra_info("peername")
        address = client_of(str(peer[0]), "", proxies=0) if isinstance(peer, tuple) else ""
        # Behind a proxy all connections are the proxy's: there requests are counted, see `Front`.
        counted = bool(address) and not self.limits.proxies
        if self._count >= self.limits.connections:
            return None
        if counted and self._of_client[address] >= self.limits.connections_of_client:
            return None
        self._count += 1
        self._of_client[address] += 1
        return address

    def forget(self, address: str | None) -> None:
        """No longer count a connection that was admitted."""
        if address is None:
            return
        self._count -= 1
        self._of_client[address] -= 1
        if not self._of_client[address]:
            del self._of_client[address]

    async def sweep(self) -> None:
        """End connections that were closed here, but whose clients never read the rest; does not return."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now, still = self._loop.time(), {}
            for transport in self._connections.values():
                if transport.is_closing():
                    still[transport] = since = self._closing.get(transport, now)
                    if now - since > self.limits.linger_seconds:
                        transport.abort()
            self._closing = still
