"""Pid files that cannot be mistaken: a process is known by its number and the moment it was made.

Numbers are used again after a kill or a reboot; a number with another creation time is somebody else.
"""

import contextlib
import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

# Creation times are read from clock ticks and rounded differently by different readers.
TICK = 0.05


def write(path: Path, pid: int) -> None:
    """Record the running process `pid` in `path`, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps({"pid": pid, "created": psutil.Process(pid).create_time()}))
    draft.replace(path)


@dataclass(frozen=True, slots=True)
class Record:
    """What a pid file holds: the number, and when that process was made (seconds since the epoch)."""

    pid: int
    created: float


def record(path: Path) -> Record | None:
    """Return what `path` holds, whether or not the process still runs."""
    try:
        held = json.loads(path.read_text())
        return Record(int(held["pid"]), float(held["created"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def read(path: Path) -> psutil.Process | None:
    """Return the process that `path` records, or None when it has ended (a zombie has ended)."""
    held = record(path)
    if held is None:
        return None
    try:
        process = psutil.Process(held.pid)
        same = abs(process.create_time() - held.created) <= TICK
    except psutil.Error:
        return None
    return process if same and alive(process) else None


def alive(process: psutil.Process) -> bool:
    """Whether the process still runs; one that only waits to be reaped does not."""
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def stop(process: psutil.Process, *, how: signal.Signals = signal.SIGTERM, seconds: float = 10.0) -> None:
    """Ask the process to end, wait, and kill it with its children when it does not."""
    with contextlib.suppress(psutil.Error):
        family = process.children(recursive=True)
        process.send_signal(how)
        if not wait(process, seconds):
            for member in (process, *family):
                with contextlib.suppress(psutil.Error):
                    member.kill()
            wait(process, seconds)


def wait(process: psutil.Process, seconds: float) -> bool:
    """Return whether the process ended within `seconds`."""
    end = time.monotonic() + seconds
    while alive(process):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
        # Only its parent can reap it; for everybody else this does nothing.
        with contextlib.suppress(OSError):
            os.waitpid(process.pid, os.WNOHANG)
    return True
