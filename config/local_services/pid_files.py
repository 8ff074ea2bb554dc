"""Pid files with the creation time of the process, because the system reuses process ids."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from config.local_services.process_control import is_alive

# Creation times are computed from clock ticks, and readers round them differently.
TICK = 0.05


@dataclass(frozen=True, slots=True)
class Record:
    """The content of a pid file: id and creation time in seconds since the epoch."""

    pid: int
    created: float


def write(path: Path, pid: int) -> None:
    """Record the running process `pid` in `path` atomically."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps({"pid": pid, "created": psutil.Process(pid).create_time()}))
    draft.replace(path)


def record(path: Path) -> Record | None:
    """Return the content of `path`, whether or not the process still runs."""
    try:
        content = json.loads(path.read_text())
        return Record(int(content["pid"]), float(content["created"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def read(path: Path) -> psutil.Process | None:
    """Return the process that `path` records, or None when it has ended."""
    content = record(path)
    if content is None:
        return None
    try:
        process = psutil.Process(content.pid)
        same = abs(process.create_time() - content.created) <= TICK
    except psutil.Error:
        return None
    return process if same and is_alive(process) else None
