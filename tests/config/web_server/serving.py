"""Serve a WSGI application with the web server's front, in a thread of the test."""

import asyncio
import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gunicorn.config import Config

from config.web_server.front import Front
from config.web_server.limits import Limits


@dataclass(frozen=True)
class Served:
    port: int

    def connect(self, sent: bytes = b"", *, buffer: int | None = None) -> socket.socket:
        """A connection that has sent something, and is read by the test itself."""
        line = socket.socket()
        if buffer is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        line.settimeout(10)
        line.connect(("127.0.0.1", self.port))
        line.sendall(sent)
        return line

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """The response to a request of a connection of its own, with its body."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request(method, path, body=body, headers=headers or {})
            response = line.getresponse()
            return response, response.read()
        finally:
            line.close()


@contextlib.contextmanager
def serving(application: Any, limits: Limits, *, stop_seconds: float = 1.0) -> Iterator[Served]:
    """Serve on a free port until the end of the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    ready, failed = threading.Event(), []
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        front = Front(application, limits, Config())
        front.start([listener])
        ready.set()
        await over.wait()
        await front.stop(stop_seconds)

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:
            failed.append(error)
            ready.set()
            raise
        finally:
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(10)
    try:
        yield Served(listener.getsockname()[1])
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        listener.close()
    assert not failed
    assert not thread.is_alive()
