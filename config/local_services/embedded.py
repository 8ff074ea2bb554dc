"""The embedded services of a data folder, shared by all processes that use it.

Each user holds a shared lock on run/users.lock; services start and stop under run/start.lock. The last user,
who can lock users.lock exclusively, stops them. Services that a killed user left behind serve the next one.
"""

import contextlib
import fcntl
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

import psycopg

from config import env
from config.local_services import ballast, broker, locations, postgres
from config.local_services.errors import ServiceError
from config.local_services.file_lock import file_lock


class EmbeddedError(ServiceError):
    """The data folder cannot hold the embedded services."""


def uses_postgres() -> bool:
    """Return whether the database is the embedded one."""
    return env.database_url() is None


def uses_broker() -> bool:
    """Return whether the broker is the embedded one."""
    return env.broker_url() is None


@dataclass(slots=True)
class _Usage:
    """The shared lock of this process on a data folder, and the number of blocks that need it."""

    lock: BinaryIO
    blocks: int = 0


_usages: dict[Path, _Usage] = {}
_guard = threading.RLock()


def _start_lock(data_dir: Path) -> AbstractContextManager[bool]:
    return file_lock(locations.run_folder(data_dir) / "start.lock")


def prepare_folder(data_dir: Path) -> None:
    """Create the data folder, inaccessible to other users. Raises `EmbeddedError`."""
    folders = [data_dir, *(data_dir / name for name in ("run", "logs", "media", "models"))]
    sockets = locations.socket_folder(data_dir)
    try:
        for folder in (*folders, sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The services have no passwords: only the owner may reach their sockets.
        for folder in {locations.run_folder(data_dir), sockets}:
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
                raise EmbeddedError(
                    f"{folder} belongs to another user: run Trombine as that user, or choose another data "
                    "folder with TROMBINE_DATA."
                )
            folder.chmod(0o700)
    except OSError as error:
        raise EmbeddedError(locations.unusable(data_dir, error.strerror or str(error))) from error
    for folder in folders:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise EmbeddedError(locations.unusable(folder, "Permission denied"))


def ensure_running(data_dir: Path | None = None) -> list[str]:
    """Restart embedded services that were killed inside a `services` block; return their names."""
    data_dir = data_dir or env.data_dir()
    with _guard, _start_lock(data_dir):
        return _start(data_dir)


def is_down(data_dir: Path) -> bool:
    """Return whether an embedded service does not run."""
    return any(service.process(data_dir) is None for service in _used().values())


def make_room_for_connections(data_dir: Path) -> None:
    """Delete the ballast if the disk is full and Postgres accepts no connection.

    Postgres removes its copy of the catalog (`pg_internal.init`) when the catalog changes, and the next
    connection is refused unless it can write a new one.
    """
    if not uses_postgres() or not ballast.path(data_dir).exists() or not ballast.is_disk_full(data_dir):
        return
    try:
        postgres.connect(data_dir, locations.DATABASE_NAME).close()
    except psycopg.OperationalError:
        ballast.release(data_dir)


def _used() -> dict[str, ModuleType]:
    services = {"postgres": (uses_postgres(), postgres), "broker": (uses_broker(), broker)}
    return {name: service for name, (used, service) in services.items() if used}


def _start(data_dir: Path) -> list[str]:
    ballast.release(data_dir)
    started = [name for name, service in _used().items() if service.ensure_running(data_dir)]
    ballast.ensure(data_dir)
    return started


def _enter(data_dir: Path) -> None:
    with _guard:
        if data_dir not in _usages:
            prepare_folder(data_dir)
            with _start_lock(data_dir):
                lock = (locations.run_folder(data_dir) / "users.lock").open("ab")
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH)
                    _start(data_dir)
                except BaseException:
                    _stop_if_last(data_dir, lock)
                    raise
            _usages[data_dir] = _Usage(lock)
        _usages[data_dir].blocks += 1


def _leave(data_dir: Path) -> None:
    with _guard:
        usage = _usages[data_dir]
        usage.blocks -= 1
        if usage.blocks == 0:
            del _usages[data_dir]
            with _start_lock(data_dir):
                _stop_if_last(data_dir, usage.lock)


def _stop_if_last(data_dir: Path, lock: BinaryIO) -> None:
    """Release the shared lock, and stop the services unless another process holds one."""
    with lock, contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for service in reversed(_used().values()):
            service.stop(data_dir)


@contextlib.contextmanager
def services(data_dir: Path | None = None) -> Iterator[None]:
    """Run the embedded services of `data_dir` (default: the configured one) inside this block.

    Processes, and blocks within a process, share them. Does nothing for services that DATABASE_URL or
    BROKER_URL names. Raises `ServiceError`.
    """
    data_dir = data_dir or env.data_dir()
    if not _used():
        yield
        return
    _enter(data_dir)
    try:
        yield
    finally:
        _leave(data_dir)
