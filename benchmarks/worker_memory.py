"""Sample the memory of the Celery worker below a command while the command runs."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass

import psutil

SAMPLE_SECONDS = 0.2


@dataclass(slots=True)
class Peak:
    """Peak bytes of the worker's whole process tree.

    pss: a page that several processes share is counted once. rss: it is counted in each of them.
    largest: the greatest resident size of one process. cpu_seconds: of all of them, up to the last sample.
    """

    pss: int = 0
    rss: int = 0
    largest: int = 0
    cpu_seconds: float = 0.0
    samples: int = 0


class WorkerMemory(threading.Thread):
    """Samples the celery processes below a process until it is stopped: `with WorkerMemory(pid) as watch`."""

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
        """Sample until stopped."""
        while not self._stopped.is_set():
            began = time.monotonic()
            self._sample()
            self._stopped.wait(max(SAMPLE_SECONDS, 5 * (time.monotonic() - began)))

    def _sample(self) -> None:
        pss = rss = 0
        with contextlib.suppress(psutil.Error):
            for process in self._root.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if "celery" not in " ".join(process.cmdline()):
                        continue
                    # Read one after the other: a page that moves between two reads is a small error.
                    taken, times = process.memory_full_info(), process.cpu_times()
                    self._cpu[process.pid] = times.user + times.system
                    pss, rss = pss + taken.pss, rss + taken.rss
                    self.peak.largest = max(self.peak.largest, taken.rss)
        self.peak.pss, self.peak.rss = max(self.peak.pss, pss), max(self.peak.rss, rss)
        self.peak.cpu_seconds = sum(self._cpu.values())
        self.peak.samples += 1
