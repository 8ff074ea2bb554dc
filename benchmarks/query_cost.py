"""Measure the cost of a call: wall-clock milliseconds, and processor time of this process and of Postgres.

On a busy machine the clock says little; processor time says what the call itself takes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import psutil

MOST_SECONDS, LEAST_CALLS = 20.0, 10
"""A measurement ends after this time, but not before this many calls."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one call in milliseconds; python_ms and postgres_ms are mean processor times."""

    calls: int
    least_ms: float
    median_ms: float
    p95_ms: float
    python_ms: float
    postgres_ms: float

    @property
    def processor_ms(self) -> float:
        """Return the processor time of both."""
        return self.python_ms + self.postgres_ms


def cost_of(calls: Sequence[Callable[[], object]], *, warm_up: int = 2) -> Cost:
    """Run the calls one after the other and return the cost of one."""
    for call in calls[:warm_up]:
        call()
    seconds: list[float] = []
    python, postgres = time.process_time(), _postgres_seconds()
    for call in calls:
        if len(seconds) >= LEAST_CALLS and sum(seconds) > MOST_SECONDS:
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
    """Return the processor time of this connection's backend and of its ended parallel workers."""
    from django.db import connection

    connection.ensure_connection()
    backend = psutil.Process(connection.connection.info.backend_pid)
    own, ended = backend.cpu_times(), backend.parent().cpu_times()
    return float(own.user + own.system + ended.children_user + ended.children_system)
