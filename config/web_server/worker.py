"""The class of gunicorn's worker processes: an event loop with threads, see `front`."""

import asyncio
import gc
import os
import signal
import sys

from gunicorn.workers.base import Worker

from config.web_server.front import Front
from config.web_server.limits import limits_from_settings

HEARTBEAT_SECONDS = 1.0
# The loop gets its turn sooner than after the default of 5 ms, for which a thread may keep the interpreter.
SWITCH_SECONDS = 0.001
# A page makes thousands of objects that are freed without a look for garbage: see the module gc.
GARBAGE_THRESHOLDS = (20_000, 20, 50)


class LoopWorker(Worker):  # type: ignore[misc]  # gunicorn has no types
    """Serves the application until gunicorn's first process stops it, or has ended."""

    def init_signals(self) -> None:
        """Reset the signals; `run` handles them in the loop."""
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGABRT, self.handle_abort)

    def run(self) -> None:
        """Serve until a signal to stop."""
        sys.setswitchinterval(SWITCH_SECONDS)
        # What is loaded stays: to look for garbage among it takes a tenth of a second, during which all wait.
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            loop.add_signal_handler(number, stopped.set)
        loop.add_signal_handler(signal.SIGUSR1, self.log.reopen_files)
        front = Front(self.wsgi, limits_from_settings(), self.cfg)
        front.start([one.sock for one in self.sockets])
        while not stopped.is_set() and os.getppid() == self.ppid:
            self.notify()
            try:
                await asyncio.wait_for(stopped.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                continue
        await front.stop(self.cfg.graceful_timeout - HEARTBEAT_SECONDS)
