"""The order in which requests get a thread: pages before pictures, of which a page has many."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator


class Turns:
    """A number of places; those who wait for one are served in order, the urgent ones first.

    While an urgent one has a place, the others have `beside` places at most: the threads share one
    interpreter, so each one at work makes a page slower.
    """

    def __init__(self, places: int, beside: int) -> None:
        self._places, self._beside = places, beside
        self._urgent_running = self._others_running = 0
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """The number of those who wait."""
        return len(self._urgent) + len(self._others)

    @contextlib.asynccontextmanager
    async def turn(self, *, urgent: bool) -> AsyncIterator[None]:
        """Wait for a place, and have it during the block."""
        line = self._urgent if urgent else self._others
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(place)
        self._serve()
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self._leave(urgent=urgent)
            elif place in line:
                line.remove(place)
            raise
        try:
            yield
        finally:
            self._leave(urgent=urgent)

    def _leave(self, *, urgent: bool) -> None:
        """Take a place back, and give it on."""
        self._urgent_running -= urgent
        self._others_running -= not urgent
        self._serve()

    def _serve(self) -> None:
        """Give free places to those who wait."""
        for line, urgent in ((self._urgent, True), (self._others, False)):
            while line and self._is_free(urgent=urgent):
                place = line.popleft()
                if place.done():
                    # It is cancelled, and its task has not run since: the place is for the one behind.
                    continue
                self._urgent_running += urgent
                self._others_running += not urgent
                place.set_result(None)

    def _is_free(self, *, urgent: bool) -> bool:
        if self._urgent_running + self._others_running >= self._places:
            return False
        return urgent or not self._urgent_running or self._others_running < self._beside
