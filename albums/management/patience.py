"""Progress of work that workers do, and a warning when none seems to run."""

import time
from collections.abc import Callable
from typing import Any

IDLE_SECONDS = 30.0
"""Time without progress after which the warning is given, once until there is progress again."""


class Patience:
    """Shows the progress of workers in a bar, and warns when there is none for a while."""

    def __init__(self, bar: Any, warn: Callable[[], object]) -> None:
        self.bar, self.warn = bar, warn
        self._last_change, self._warned = time.monotonic(), False

    def show(self, done: int, total: int) -> None:
        """Show how much is done."""
        if done != self.bar.n:
            self._last_change, self._warned = time.monotonic(), False
        self.bar.total, self.bar.n = total, done
        self.bar.refresh()
        if not self._warned and time.monotonic() - self._last_change > IDLE_SECONDS:
            self._warned = True
            self.warn()
