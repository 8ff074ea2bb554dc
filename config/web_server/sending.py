"""Send responses: without a thread, except for chunks that are made on the way."""

import asyncio
import io
from collections.abc import Iterable
from concurrent.futures import Executor
from typing import Any

from aiohttp.http import HttpVersion11
from aiohttp.web_request import BaseRequest
from aiohttp.web_response import StreamResponse
from django.db import connections

from config.web_server.answers import Answer, FilePart
from config.web_server.limits import Limits

PIECE_BYTES = 2**18
# Set by the server itself.
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "server"})


class Sender:
    """Sends the answer to one request, piece by piece, each within the limit of time."""

    def __init__(self, request: BaseRequest, answer: Answer, limits: Limits) -> None:
        self._request, self._answer, self._limits = request, answer, limits
        self._sent = 0
        self.response = StreamResponse(status=answer.status, reason=answer.reason)
        for name, value in answer.headers:
            if name.lower() not in _HOP_BY_HOP:
                self.response.headers.add(name, value)
        self.response.headers["Server"] = "Trombine"
        if isinstance(answer.body, bytes) and request.method != "HEAD":
            self.response.content_length = len(answer.body)

    async def send(self, threads: Executor) -> StreamResponse:
        """Send the answer; chunks are made in a thread of `threads`. Raises ConnectionError."""
        body = self._answer.body
        if self._request.version < HttpVersion11 and self.response.content_length is None:
            # Only the end of the connection tells the end of this body.
            self.response.force_close()
        await self._within(self.response.prepare(self._request))
        if self._request.method == "HEAD" or self._answer.status in (204, 304):
            pass
        elif isinstance(body, bytes):
            for start in range(0, len(body), PIECE_BYTES):
                await self._piece(body[start : start + PIECE_BYTES])
        elif isinstance(body, FilePart):
            await self._file(body)
        else:
            await self._chunks(body, threads)
        if self._is_short():
            # The client must not take a part for the whole.
            raise self._abort("The body is shorter than its length.")
        await self._within(self.response.write_eof())
        return self.response

    async def _piece(self, piece: bytes) -> None:
        await self._within(self.response.write(piece))
        self._sent += len(piece)

    async def _file(self, part: FilePart) -> None:
        loop, transport = asyncio.get_running_loop(), self._request.transport
        end = part.offset + part.count
        # Closed with the response, to which the descriptor belongs.
        with io.FileIO(part.descriptor, closefd=False) as file:
            for start in range(part.offset, end, PIECE_BYTES):
                if transport is None or transport.is_closing():
                    raise ConnectionResetError("The client disconnected.")
                count = min(PIECE_BYTES, end - start)
                sent = await self._within(loop.sendfile(transport, file, start, count))
                self._sent += sent
                if sent < count:
                    return

    async def _chunks(self, chunks: Iterable[bytes], threads: Executor) -> None:
        loop = asyncio.get_running_loop()

        def make() -> None:
            try:
                for chunk in chunks:
                    for start in range(0, len(chunk), PIECE_BYTES):
                        piece = self._piece(chunk[start : start + PIECE_BYTES])
                        asyncio.run_coroutine_threadsafe(piece, loop).result()
            finally:
                # The thread may rest for long.
                connections.close_all()

        await loop.run_in_executor(threads, self._answer.context.run, make)

    def _is_short(self) -> bool:
        length = self.response.content_length
        if length is None or self._request.method == "HEAD" or self._answer.status in (204, 304):
            return False
        return self._sent < length

    async def _within(self, sending: Any) -> Any:
        """Return the result of a step. A client that takes nothing in time is disconnected."""
        try:
            async with asyncio.timeout(self._limits.write_seconds):
                return await sending
        except TimeoutError as error:
            raise self._abort("The client does not read.") from error

    def _abort(self, why: str) -> ConnectionError:
        """Disconnect at once, also with bytes in the buffer; return the exception to raise."""
        if self._request.transport is not None:
            self._request.transport.abort()
        return ConnectionAbortedError(why)
