"""What a call costs: milliseconds on the clock, and processor time of this process and of the database's.

On a machine that does other work, too, the clock says little; processor time says what the call itself takes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import psutil

SECONDS_A_WAY, LEAST_CALLS = 20.0, 10
"""What takes longer is called no more, but so many times at least."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of one call. python, postgres: processor time, the mean over the calls."""

    calls: int
    least_ms: float
    median_ms: float
    p95_ms: float
    python_ms: float
    postgres_ms: float

    @property
    def processor_ms(self) -> float:
        """Processor time of both."""
        return self.python_ms + self.postgres_ms


def cost_of(calls: Sequence[Callable[[], object]], *, warm_up: int = 2) -> Cost:
    """Call one after the other, and say what one costs."""
    for call in calls[:warm_up]:
        call()
    seconds: list[float] = []
    python, postgres = time.process_time(), _postgres_seconds()
    for call in calls:
        if len(seconds) >= LEAST_CALLS and sum(seconds) > SECONDS_A_WAY:
            break
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    python, postgres = time.process_time() - python, _postgres_seconds() - postgres
    return Cost(
        calls=len(seconds),
        least_ms=1000 * min(seconds),
        median_ms=1000 * statistics.median(seconds),
        p95_ms=1000 * float(np.quantile(seconds, 0.95)),
        python_ms=1000 * python / len(seconds),
        postgres_ms=1000 * postgres / len(seconds),
    )


def _postgres_seconds() -> float:
    """Of the process that serves this connection, and of all that helped it and have ended."""
    from django.db import connection

    connection.ensure_connection()
    backend = psutil.Process(connection.connection.info.backend_pid)
    own, ended = backend.cpu_times(), backend.parent().cpu_times()
    return float(own.user + own.system + ended.children_user + ended.children_system)
