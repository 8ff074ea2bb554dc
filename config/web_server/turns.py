"""The order in which requests get a thread: pages before pictures, of which a page has many."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator


class Turns:
    """A number of places; those who wait for one are served in order, the urgent ones first."""

    def __init__(self, places: int) -> None:
        self._places, self._free = places, places
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """The number of those who wait."""
        return len(self._urgent) + len(self._others)

    @contextlib.asynccontextmanager
    async def turn(self, *, urgent: bool) -> AsyncIterator[None]:
        """Wait for a place, and have it during the block."""
        if self._free:
            self._free -= 1
        else:
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            line = self._urgent if urgent else self._others
            line.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if not place.cancelled():
                    self._next()
                elif place in line:
                    line.remove(place)
                raise
        try:
            yield
        finally:
            self._next()

    def _next(self) -> None:
        """Give a place to the next one who waits."""
        while line := self._urgent or self._others:
            place = line.popleft()
            if not place.done():
                place.set_result(None)
                return
            # It is cancelled, and its task has not run since: the place is for the one behind.
        self._free += 1
