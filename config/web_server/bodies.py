"""Bodies of requests: received within limits of size and time, before or while the application reads."""

import asyncio
import io
import tempfile
import time
from concurrent.futures import CancelledError
from typing import IO, Any

from aiohttp import StreamReader
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError

from config.web_server.limits import Limits

# What is longer is stored in a file. There may be a body of every connection.
_IN_MEMORY_BYTES = 2**17
_READ_BYTES = 2**18

_LOST = (ConnectionError, RequestPayloadError, HttpProcessingError, EOFError)


class BodyTooLarge(Exception):
    """A body that is larger than allowed."""


class BodyTooSlow(Exception):
    """A body that comes too slowly."""


class Arrival:
    """Reads what arrives of a body, within the limits of time."""

    def __init__(self, content: StreamReader, limits: Limits) -> None:
        self._content, self._limits = content, limits
        self._began = time.monotonic()
        self.received = 0
        self.lost = False

    async def more(self) -> bytes:
        """Return the next bytes, empty at the end or when the client is gone. Raises BodyTooSlow."""
        limits = self._limits
        try:
            async with asyncio.timeout(limits.idle_seconds):
                chunk = await self._content.readany()
        except TimeoutError as error:
            raise BodyTooSlow from error
        except _LOST:
            self.lost = True
            return b""
        self.received += len(chunk)
        late = time.monotonic() - self._began - limits.idle_seconds
        if chunk and late > 0 and self.received < late * limits.least_bytes_per_second:
            raise BodyTooSlow
        return chunk


class StoredBody:
    """A body as it arrives: in memory, and in a temporary file from a certain size."""

    def __init__(self, arrival: Arrival) -> None:
        self._arrival = arrival
        self.length = 0
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - `close`

    async def receive(self, most: int) -> bool:
        """Store what arrives, and return True at its end, False when more than `most` bytes have come.

        Raises BodyTooSlow, OSError when it cannot be stored.
        """
        while self.length <= most and (chunk := await self._arrival.more()):
            self._file.write(chunk)
            self.length += len(chunk)
        return self.length <= most

    def input(self) -> Any:
        """Return the body to read; an incomplete one raises ConnectionResetError at its end."""
        self._file.seek(0)
        return _Broken(self._file) if self._arrival.lost else self._file

    def close(self) -> None:
        """Delete the file."""
        self._file.close()


class _Broken(io.RawIOBase):
    """A body of which the end is missing."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not (chunk := self._file.read(len(buffer))):
            raise ConnectionResetError("The client disconnected.")
        buffer[: len(chunk)] = chunk
        return len(chunk)


class ArrivingBody(io.RawIOBase):
    """A body that the application reads as it arrives, in a thread of its own."""

    def __init__(self, arrival: Arrival, most: int, loop: asyncio.AbstractEventLoop) -> None:
        self._arrival, self._most, self._loop = arrival, most, loop
        self._rest = b""

    def readable(self) -> bool:
        """Return True: it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what has arrived. Raises ConnectionResetError."""
        if not self._rest:
            try:
                self._rest = asyncio.run_coroutine_threadsafe(self._arrival.more(), self._loop).result()
            except (BodyTooSlow, CancelledError, RuntimeError) as error:
                # The last two: the server stops.
                raise ConnectionResetError("The client sent too slowly, or the server stops.") from error
            if self._arrival.lost or self._arrival.received > self._most:
                raise ConnectionResetError("The client disconnected, or sent more than announced.")
        chunk, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(chunk)] = chunk
        return len(chunk)


def arriving_input(arrival: Arrival, most: int) -> Any:
    """Return a body to read while it arrives; must be called in the event loop."""
    return io.BufferedReader(ArrivingBody(arrival, most, asyncio.get_running_loop()), _READ_BYTES)
