"""What the Celery worker under a command takes, watched while the command runs."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass

import psutil

SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(slots=True)
class Peak:
    """Bytes of the worker's whole process tree at its worst moment.

    pss: every page that several processes share is counted once. rss: it is counted in each of them.
    largest: the greatest resident size of one process. cpu_seconds: of all of them, to the last look.
    """

    pss: int = 0
    rss: int = 0
    largest: int = 0
    cpu_seconds: float = 0.0
    looks: int = 0


class WorkerMemory(threading.Thread):
    """Watches the celery processes below a process until it is stopped: `with WorkerMemory(pid) as watch`."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = Peak()
        self._root = psutil.Process(pid)
        self._stopped = threading.Event()
        self._cpu: dict[int, float] = {}

    def __enter__(self) -> WorkerMemory:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        self.join()

    def run(self) -> None:
        """Look, wait, look again."""
        while not self._stopped.is_set():
            began = time.monotonic()
            self._look()
            self._stopped.wait(max(SECONDS_BETWEEN_LOOKS, 5 * (time.monotonic() - began)))

    def _look(self) -> None:
        pss = rss = 0
        with contextlib.suppress(psutil.Error):
            for process in self._root.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if "celery" not in " ".join(process.cmdline()):
                        continue
                    # Read once each: a page that moves between two reads is no great error.
                    taken, times = process.memory_full_info(), process.cpu_times()
                    self._cpu[process.pid] = times.user + times.system
                    pss, rss = pss + taken.pss, rss + taken.rss
                    self.peak.largest = max(self.peak.largest, taken.rss)
        self.peak.pss, self.peak.rss = max(self.peak.pss, pss), max(self.peak.rss, rss)
        self.peak.cpu_seconds = sum(self._cpu.values())
        self.peak.looks += 1
