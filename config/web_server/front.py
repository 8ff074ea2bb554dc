"""Requests from their arrival to the end of their response.

The event loop receives a request and sends its response; a thread is occupied only while the application
works on it. So clients that send or read slowly cost memory and a connection, and no thread.
"""

import asyncio
import contextlib
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from aiohttp.web_request import BaseRequest
from aiohttp.web_response import StreamResponse
from django.db import connections
from gunicorn.config import Config

from config.web_server.answers import Answer, Application, answer_close, answer_of, plain_answer
from config.web_server.bodies import Arrival, BodyTooSlow, StoredBody, arriving_input
from config.web_server.body_check import BODY_LENGTH, UNKNOWN
from config.web_server.client_addresses import client_of
from config.web_server.connections import ConnectionServer
from config.web_server.environ import Environ, environ_of
from config.web_server.limits import Limits
from config.web_server.sending import Sender
from config.web_server.turns import Turns

logger = logging.getLogger(__name__)

BUSY = "The server is busy. Try again in a minute."
TOO_MANY = "Too many requests at once from this address. Try again in a minute."
TOO_LARGE = "The request is larger than allowed."
TOO_SLOW = "The request came too slowly."
NO_ROOM = "The server has no room for this request."
RETRY_SECONDS = 60
BUSY_SECONDS = 0.01


class Front:
    """Serves an application on sockets, until it is stopped."""

    def __init__(self, application: Application, limits: Limits, config: Config) -> None:
        self._application, self._limits, self._config = application, limits, config
        self._threads = ThreadPoolExecutor(limits.threads, "request")
        self._long_threads = ThreadPoolExecutor(limits.long_threads, "long-request")
        self._turns = Turns(limits.threads, limits.pictures_beside_pages)
        self._of_client: Counter[str] = Counter()
        self._long_of_client: Counter[str] = Counter()
        self._place_free = asyncio.Condition()
        self._connections = ConnectionServer(self._handle, limits)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, sockets: list[socket.socket]) -> None:
        """Accept connections."""
        self._tasks = [asyncio.create_task(self._accept(one)) for one in sockets]
        self._tasks.append(asyncio.create_task(self._connections.sweep()))

    async def stop(self, seconds: float) -> None:
        """Accept nothing more, and end the connections; running requests have so many seconds."""
        for task in self._tasks:
            task.cancel()
        self._connections.pre_shutdown()
        await self._connections.shutdown(seconds)
        for threads in (self._threads, self._long_threads):
            threads.shutdown(wait=False, cancel_futures=True)

    async def _accept(self, listener: socket.socket) -> None:
        """Accept connections one at a time, so that the processes that listen get similar shares."""
        loop = asyncio.get_running_loop()
        listener.setblocking(False)  # noqa: FBT003 - the method of the library
        while True:
            if self._turns.waiting:
                # Another process may have a free thread.
                await asyncio.sleep(BUSY_SECONDS)
            try:
                line, _address = await loop.sock_accept(listener)
                await loop.connect_accepted_socket(self._connections, line)
            except OSError:
                # The client has gone already, or there is no descriptor left: connections will end.
                await asyncio.sleep(BUSY_SECONDS)

    async def _handle(self, request: BaseRequest) -> StreamResponse:
        environ = environ_of(request, self._config)
        proxies, forwarded = self._limits.proxies, environ.get("HTTP_X_FORWARDED_FOR", "")
        client = client_of(environ["REMOTE_ADDR"], forwarded, proxies=proxies)
        if proxies and self._of_client[client] >= self._limits.connections_of_client:
            answer = plain_answer(HTTPStatus.SERVICE_UNAVAILABLE, TOO_MANY, retry_after=RETRY_SECONDS)
            return await self._refuse(request, answer)
        self._of_client[client] += 1
        try:
            return await self._serve(request, environ, client)
        finally:
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]

    async def _serve(self, request: BaseRequest, environ: Environ, client: str) -> StreamResponse:
        length = _announced(environ)
        small = self._limits.small_body_bytes
        most = small
        if length is not None and length > small:
            allowed = await self._body_limit(environ, length)
            if isinstance(allowed, Answer):
                return await self._refuse(request, allowed)
            most = allowed
        if request.version >= (1, 1) and environ.get("HTTP_EXPECT", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0
        arrival = Arrival(request.content, self._limits)
        if length is not None and length > self._limits.stored_body_bytes:
            return await self._serve_arriving(request, environ, client, arrival)
        return await self._serve_stored(request, environ, client, StoredBody(arrival), most)

    async def _serve_arriving(
        self, request: BaseRequest, environ: Environ, client: str, arrival: Arrival
    ) -> StreamResponse:
        """Let the application read a large body as it comes, in a thread for long requests."""
        async with self._long_place(client) as place:
            if not place:
                return await self._refuse(request, _busy())
            environ["wsgi.input"] = arriving_input(arrival, int(environ["CONTENT_LENGTH"]))
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._long_threads, _long_call, self._application, environ)
            # What is left of the body is not read.
            return await self._send(request, answer, client, place=True)

    async def _serve_stored(
        self, request: BaseRequest, environ: Environ, client: str, body: StoredBody, most: int
    ) -> StreamResponse:
        """Store the body, then call the application."""
        try:
            refusal = await self._receive(body, environ, most)
            if refusal is not None:
                return await self._refuse(request, refusal)
            if body.length:
                # A body in chunks has no announced length.
                environ.setdefault("CONTENT_LENGTH", str(body.length))
            environ["wsgi.input"] = body.input()
            if self._turns.waiting >= self._limits.waiting:
                return await self._refuse(request, _busy())
            answer = await self._call(environ)
        finally:
            body.close()
        return await self._send(request, answer, client, place=False)

    async def _receive(self, body: StoredBody, environ: Environ, most: int) -> Answer | None:
        """Store a body, and return an answer if it is refused."""
        try:
            if await body.receive(most):
                return None
            if "CONTENT_LENGTH" not in environ and most <= self._limits.small_body_bytes:
                # A body without an announced length: now it is known to be large.
                allowed = await self._body_limit(environ, UNKNOWN)
                if isinstance(allowed, Answer):
                    return allowed
                if await body.receive(allowed):
                    return None
        except BodyTooSlow:
            return plain_answer(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW)
        except OSError:
            logger.exception("A request could not be stored")
            return plain_answer(HTTPStatus.INSUFFICIENT_STORAGE, NO_ROOM)
        return plain_answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)

    async def _body_limit(self, environ: Environ, length: int) -> int | Answer:
        """Ask the application for the largest body that it takes, or for its refusal."""
        if self._turns.waiting >= self._limits.waiting:
            return _busy()
        question = {**environ, BODY_LENGTH: length}
        answer = await self._call(question)
        limit = answer.body_limit
        if limit is None:
            return answer
        await self._close(answer)
        if length > limit:
            return plain_answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        return limit

    async def _call(self, environ: Environ) -> Answer:
        """Call the application in a thread, when it is the request's turn."""
        loop = asyncio.get_running_loop()
        async with self._turns.turn(urgent=not _is_picture(environ)):
            return await loop.run_in_executor(self._threads, answer_of, self._application, environ)

    async def _send(
        self, request: BaseRequest, answer: Answer, client: str, *, place: bool
    ) -> StreamResponse:
        """Send an answer. place: the client has its place among the long requests already."""
        try:
            if isinstance(answer.body, bytes) or not hasattr(answer.body, "__iter__") or place:
                return await Sender(request, answer, self._limits).send(self._long_threads)
            async with self._long_place(client) as found:
                if not found:
                    await self._close(answer)
                    answer = _busy()
                return await Sender(request, answer, self._limits).send(self._long_threads)
        finally:
            await self._close(answer)

    async def _refuse(self, request: BaseRequest, answer: Answer) -> StreamResponse:
        """Send an answer without having read the body. The connection ends, so that no more of it comes."""
        sender = Sender(request, answer, self._limits)
        sender.response.force_close()
        try:
            return await sender.send(self._long_threads)
        finally:
            await self._close(answer)

    async def _close(self, answer: Answer) -> None:
        if answer.close is not None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._threads, answer.context.copy().run, answer_close, answer)

    @contextlib.asynccontextmanager
    async def _long_place(self, client: str) -> AsyncIterator[bool]:
        """Wait for a place among the long requests; False when none is free in time."""
        limits = self._limits

        def free() -> bool:
            taken = self._long_of_client
            return taken[client] < limits.long_of_client and taken.total() < limits.long_threads

        try:
            async with asyncio.timeout(limits.wait_seconds), self._place_free:
                await self._place_free.wait_for(free)
                self._long_of_client[client] += 1
        except TimeoutError:
            yield False
            return
        try:
            yield True
        finally:
            self._long_of_client[client] -= 1
            if not self._long_of_client[client]:
                del self._long_of_client[client]
            async with self._place_free:
                self._place_free.notify_all()


def _announced(environ: Environ) -> int | None:
    """Return the length of the body that the client has announced."""
    value: Any = environ.get("CONTENT_LENGTH")
    return int(value) if value is not None and value.isdecimal() else None


def _is_picture(environ: Environ) -> bool:
    """Return True for a picture in a page, as browsers request it."""
    return str(environ.get("HTTP_ACCEPT", "")).startswith("image/")


def _busy() -> Answer:
    return plain_answer(HTTPStatus.SERVICE_UNAVAILABLE, BUSY, retry_after=RETRY_SECONDS)


def _long_call(application: Application, environ: Environ) -> Answer:
    """Call the application in a thread that may rest for long: it keeps no connection to the database."""
    try:
        return answer_of(application, environ)
    finally:
        connections.close_all()
