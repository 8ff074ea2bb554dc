"""Rotation of the logs of services: each has a few files of limited size.

Programs keep their log open, so its content is copied and the file is emptied; they append.
"""

import contextlib
import itertools
import shutil
from pathlib import Path

MOST_BYTES = 10 * 2**20
OLD_FILES = 3


def rotate(folder: Path) -> None:
    """Rotate the logs of a folder that are too large. On a full disk an old log is lost, not the service."""
    for log in sorted(folder.glob("*.log")):
        with contextlib.suppress(FileNotFoundError):
            if log.stat().st_size > MOST_BYTES:
                _rotate(log)


def _rotate(log: Path) -> None:
    old = [log.with_name(f"{log.name}.{number}") for number in range(1, OLD_FILES + 1)]
    for newer, older in reversed(list(itertools.pairwise(old))):
        if newer.exists():
            newer.replace(older)
    try:
        shutil.copyfile(log, old[0])
        old[0].chmod(0o600)
    except OSError:
        old[0].unlink(missing_ok=True)
    with log.open("r+b") as file:
        file.truncate()
