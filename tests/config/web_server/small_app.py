"""A small WSGI application."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from config.web_server.body_check import BODY_LENGTH

LARGE = 8 * 2**20
Environ = dict[str, Any]
Start = Callable[..., Any]


class Response(list[bytes]):
    """A response whose `close` must be called, as of Django."""

    streaming = False
    body_limit: int

    def __init__(self, chunks: Iterable[bytes], closed: threading.Event) -> None:
        super().__init__(chunks)
        self._closed = closed

    def close(self) -> None:
        self._closed.set()


class App:
    """A small application, which remembers its requests."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seen: list[Environ] = []
        self.closed = threading.Event()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        self.seen.append(environ)
        if BODY_LENGTH in environ:
            return self._limit(environ, start)
        name = environ["PATH_INFO"].strip("/")
        return getattr(self, f"get_{name}", self.get_index)(environ, start)

    def _limit(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/echo":
            start("413 Content Too Large", [("Content-Type", "text/plain")])
            return [b"not here"]
        start("204 No Content", [])
        answer = Response([], self.closed)
        answer.body_limit = 4_000_000
        return answer

    def get_index(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return Response([b"in", b"dex"], self.closed)

    def get_echo(self, environ: Environ, start: Start) -> Iterable[bytes]:
        digest, length = hashlib.sha256(), 0
        try:
            while chunk := environ["wsgi.input"].read(70_000):
                digest.update(chunk)
                length += len(chunk)
        except OSError as error:
            environ["failed"] = error
        environ["read"] = length
        start("200 OK", [("Content-Type", "text/plain")])
        return Response([f"{length} {digest.hexdigest()}".encode()], self.closed)

    def get_page(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Length", str(LARGE))])
        return [b"x" * LARGE]

    def get_file(self, environ: Environ, start: Start) -> Iterable[bytes]:
        opened = self.path.open("rb")
        opened.seek(100)
        start("206 Partial Content", [("Content-Length", str(LARGE - 200))])
        return environ["wsgi.file_wrapper"](opened)  # type: ignore[no-any-return]

    def get_stream(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])

        def chunks() -> Iterator[bytes]:
            try:
                for _ in range(200):
                    yield b"x" * 100_000
            finally:
                self.closed.set()

        return chunks()

    def get_short(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Length", "10")])
        return iter([b"half"])

    def get_broken(self, environ: Environ, start: Start) -> Iterable[bytes]:
        raise LookupError("secret")

    def get_slow(self, environ: Environ, start: Start) -> Iterable[bytes]:
        time.sleep(0.5)
        return self.get_index(environ, start)
