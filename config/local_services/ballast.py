"""A file that holds room for the database: Postgres cannot start on a full disk, not even to be read.

It is deleted when a service has to start without room, or the database accepts no connection, and created
again when there is enough of it.
"""

import contextlib
import os
import shutil
from pathlib import Path

from config import env

BALLAST_BYTES = 64 * 2**20
# Below this a service may fail to start.
LEAST_BYTES = 48 * 2**20


def reserve_megabytes() -> int:
    """Return the space that all writers leave free, as in the settings, which are not loaded here."""
    return env.number("TROMBINE_RESERVE_MB", 512, minimum=0, maximum=10_000_000)


def path(data_dir: Path) -> Path:
    """Return the path of the file."""
    return data_dir / "ballast"


def is_disk_full(data_dir: Path) -> bool:
    """Return whether services may fail for lack of room."""
    return shutil.disk_usage(data_dir).free < LEAST_BYTES


def release(data_dir: Path) -> None:
    """Delete the file if the disk is full."""
    if is_disk_full(data_dir):
        path(data_dir).unlink(missing_ok=True)


def ensure(data_dir: Path) -> None:
    """Create the file, unless the reserve would not stay free beside it."""
    reserve = reserve_megabytes() * 2**20
    file = path(data_dir)
    if not reserve or file.exists() or shutil.disk_usage(data_dir).free < reserve + BALLAST_BYTES:
        return
    draft = file.with_suffix(".new")
    with contextlib.suppress(OSError):
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, BALLAST_BYTES)
        finally:
            os.close(descriptor)
        draft.replace(file)
