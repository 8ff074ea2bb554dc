"""A limit of memory for the decoding of one picture, and when freed memory goes back to the system."""

import contextlib
import ctypes
import math
import resource
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEMORY_FOR_ONE_PICTURE = 1_200_000_000
"""Bytes that the decoding of a picture may take, whatever is in its header."""

# Only Linux counts the private memory of a process, and lets a limit stand on it.
_STATUS = Path("/proc/self/status")
_LIMITED = _STATUS.is_file()
_FIELD = "VmData:"

# Only glibc has them.
_malloc_trim: Any = getattr(ctypes.CDLL(None), "malloc_trim", None)
_mallopt: Any = getattr(ctypes.CDLL(None), "mallopt", None) if _malloc_trim is not None else None
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3

LARGEST_RETAINED = 32 * 2**20
"""Bytes of the largest block that is retained when it is freed: the most that glibc allows."""

MOST_RETAINED = 128 * 2**20
"""Bytes that are retained at most, more than a photo's detection frees at once."""

_lock = threading.Lock()
_running = 0
_before = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@contextlib.contextmanager
def memory_limited(most: int = MEMORY_FOR_ONE_PICTURE) -> Iterator[None]:
    """Let the process allocate `most` bytes more than it has; beyond that, allocations fail.

    The limit is of the whole process: several threads at once have the sum of theirs. Without effect where
    the system cannot do it.
    """
    global _running, _before  # noqa: PLW0603 - a limit of the process
    if not _LIMITED:
        yield
        return
    with _lock:
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if _running == 0:
            _before = (soft, hard)
            soft = _private_bytes()
        _set(soft + most, hard)
        _running += 1
    try:
        yield
    finally:
        with _lock:
            _running -= 1
            if _running == 0:
                resource.setrlimit(resource.RLIMIT_DATA, _before)


def memory_left() -> float:
    """Return the bytes that this process may still allocate."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_DATA)
    return math.inf if soft == resource.RLIM_INFINITY or not _LIMITED else soft - _private_bytes()


def _set(soft: int, hard: int) -> None:
    soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _private_bytes() -> int:
    """Return what the system counts for this limit: all private memory that can be written."""
    for line in _STATUS.read_text().splitlines():
        if line.startswith(_FIELD):
            return int(line.split()[1]) * 1024
    raise OSError(f"{_STATUS} has no {_FIELD}")


def retain_memory() -> None:
    """Let glibc retain what is freed, for the next allocation, until `release_memory`.

    Otherwise each layer of a network gets new pages from the system: a sixth of the time of a detection.
    """
    if _mallopt is not None:
        _mallopt(_MMAP_THRESHOLD, LARGEST_RETAINED)
        _mallopt(_TRIM_THRESHOLD, MOST_RETAINED)


def release_memory() -> None:
    """Return freed memory to the system.

    glibc retains it, and a network's activations take hundreds of megabytes: without this a worker process
    holds 585 MB after some photos, with it 280.
    """
    if _malloc_trim is not None:
        _malloc_trim(0)
