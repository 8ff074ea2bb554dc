"""Room on the disk for the metrics of a web process.

prometheus_client maps a file into memory. Where the disk has no room for a page of it, the kernel ends the
process (SIGBUS) at the first request that is counted, and each one that takes its place. So the room is
allocated first; a process without it counts nothing.
"""

import logging
import os
from functools import cache
from pathlib import Path

logger = logging.getLogger(__name__)

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable with the folder in which the web processes merge their metrics."""

ROOM_BYTES = 8 * 2**20
"""More than all series take: 2,800 combinations of method, route and status."""


@cache
def has_metrics_room(process: int) -> bool:
    """Return whether this process may count; the first call allocates the room for it."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder is None:
        return True  # in memory
    # The name that prometheus_client gives to the file.
    path = Path(folder) / f"histogram_{process}.db"
    try:
        with path.open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, ROOM_BYTES)
    except OSError as error:
        path.unlink(missing_ok=True)
        logger.warning("This process counts no requests: %s", error.strerror)
        return False
    return True
