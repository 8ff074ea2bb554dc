"""Who runs a data folder: one start command at a time, and where its page is."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from config import locations


def _note(data_dir: Path) -> Path:
    return locations.run_folder(data_dir) / "address.json"


@contextlib.contextmanager
def claim(data_dir: Path) -> Iterator[bool]:
    """Hold the data folder for this start command; False when another one has it.

    The kernel gives it back when the process ends, however it ends.
    """
    path = locations.run_folder(data_dir) / "running.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        _note(data_dir).unlink(missing_ok=True)
        yield True
        _note(data_dir).unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def publish(data_dir: Path, url: str) -> None:
    """Let other start commands of this data folder know where the page is."""
    draft = _note(data_dir).with_suffix(".new")
    draft.write_text(json.dumps({"url": url}))
    draft.replace(_note(data_dir))


def address(data_dir: Path) -> str:
    """Where the page of the running start command is; empty while it is not up, or when it has none."""
    try:
        return str(json.loads(_note(data_dir).read_text())["url"])
    except (FileNotFoundError, ValueError, KeyError):
        return ""
