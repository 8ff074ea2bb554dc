"""Who runs a data folder: one start command at a time, and where its page is."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from config.local_services import locations


def _note(data_dir: Path) -> Path:
    return locations.run_folder(data_dir) / "address.json"


@contextlib.contextmanager
def claim(data_dir: Path) -> Iterator[bool]:
    """Hold the data folder for this start command; False when another one has it.

    The kernel gives it back when the process ends, however it ends.
    """
    with _locked(data_dir, fcntl.LOCK_EX) as ours:
        if not ours:
            yield False
            return
        _note(data_dir).unlink(missing_ok=True)
        yield True
        _note(data_dir).unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(data_dir: Path, how: int) -> Iterator[bool]:
    """Try to take the lock of the folder, and say whether that was possible."""
    path = locations.run_folder(data_dir) / "running.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the page is, and what the first-account page asks for (empty when it asks for nothing)."""

    url: str
    setup_token: str


def publish(data_dir: Path, address: Address) -> None:
    """Let other commands on this data folder know where the page is. The note is for this user alone."""
    draft = _note(data_dir).with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(address)))
    draft.replace(_note(data_dir))


def address(data_dir: Path) -> Address | None:
    """Where the page of the running start command is; None while it is not up, or when it has none."""
    try:
        found = json.loads(_note(data_dir).read_text())
        return Address(str(found["url"]), str(found["setup_token"])) if _is_claimed(data_dir) else None
    except (FileNotFoundError, ValueError, KeyError):
        return None


def _is_claimed(data_dir: Path) -> bool:
    """Whether a start command has the folder: one that was killed leaves its note behind."""
    with _locked(data_dir, fcntl.LOCK_SH) as free:
        return not free
