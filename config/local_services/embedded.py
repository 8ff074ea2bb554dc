"""The embedded services of a data folder, shared by every process that needs them.

Whoever needs them holds a shared lock on run/users.lock. Starting and stopping happens under run/start.lock.
The last one out is who can take users.lock for itself alone, and stops them. The kernel gives the locks of
a killed process back, and services that outlived their starter are taken over by the next one.
"""

import contextlib
import errno
import fcntl
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

from config import env
from config.local_services import broker, locations, postgres


class EmbeddedError(Exception):
    """The data folder cannot hold the embedded services."""


def uses_postgres() -> bool:
    """Whether the database is the embedded one."""
    return env.database_url() is None


def uses_broker() -> bool:
    """Whether the broker is the embedded one."""
    return env.broker_url() is None


class _Membership:
    """The shared lock of this process on a data folder, and how many times it was asked for."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.count = 0
        self.descriptor = -1


_memberships: dict[Path, _Membership] = {}
_guard = threading.RLock()


@contextlib.contextmanager
def _start_lock(data_dir: Path) -> Iterator[None]:
    path = locations.run_folder(data_dir) / "start.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def prepare_folder(data_dir: Path) -> None:
    """Make the data folder and its inner folders, closed to other users.

    Raises `EmbeddedError` when the folder belongs to somebody else or cannot be written.
    """
    folders = [data_dir, *(data_dir / name for name in ("run", "logs", "media", "models"))]
    sockets = locations.socket_folder(data_dir)
    try:
        for folder in (*folders, sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Trust is the authentication: these two must be nobody else's.
        for folder in {locations.run_folder(data_dir), sockets}:
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
                raise EmbeddedError(
                    f"{folder} belongs to another user: run Trombine as that user, or choose another data "
                    "folder with TROMBINE_DATA."
                )
            folder.chmod(0o700)
    except OSError as error:
        raise EmbeddedError(locations.unusable(data_dir, error)) from error
    closed = next((folder for folder in folders if not os.access(folder, os.W_OK | os.X_OK)), None)
    if closed is not None:
        denied = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        raise EmbeddedError(locations.unusable(closed, denied))


def ensure_running(data_dir: Path | None = None) -> list[str]:
    """Start what does not run of the embedded services, and return the names of what was started.

    For a process that already holds `services`, after one of them was killed.
    """
    data_dir = data_dir or env.data_dir()
    with _guard, _start_lock(data_dir):
        return _ensure(data_dir)


def _ensure(data_dir: Path) -> list[str]:
    started = []
    if uses_postgres() and postgres.ensure(data_dir):
        started.append("postgres")
    if uses_broker() and broker.ensure(data_dir):
        started.append("broker")
    return started


def _enter(data_dir: Path) -> None:
    with _guard:
        membership = _memberships.setdefault(data_dir, _Membership(data_dir))
        if membership.count == 0:
            prepare_folder(data_dir)
            with _start_lock(data_dir):
                path = locations.run_folder(data_dir) / "users.lock"
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_SH)
                    _ensure(data_dir)
                except BaseException:
                    _stop_if_last(data_dir, descriptor)
                    raise
                membership.descriptor = descriptor
        membership.count += 1


def _leave(data_dir: Path) -> None:
    with _guard:
        membership = _memberships[data_dir]
        membership.count -= 1
        if membership.count == 0:
            del _memberships[data_dir]
            with _start_lock(data_dir):
                _stop_if_last(data_dir, membership.descriptor)


def _stop_if_last(data_dir: Path, descriptor: int) -> None:
    """Give the shared lock up; when nobody else holds one, stop the services. Under the start lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        if uses_broker():
            broker.stop(data_dir)
        if uses_postgres():
            postgres.stop(data_dir)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def services(data_dir: Path | None = None) -> Iterator[None]:
    """Have the embedded services of `data_dir` (default: the configured one) run inside this block.

    Several processes, and several blocks in one process, share them. Does nothing for a service that
    DATABASE_URL or BROKER_URL names. Raises `EmbeddedError`, `PostgresError`, `BrokerError` or
    `PrivilegesError`, all with a message for the person who started it.
    """
    data_dir = data_dir or env.data_dir()
    if not (uses_postgres() or uses_broker()):
        yield
        return
    _enter(data_dir)
    try:
        yield
    finally:
        _leave(data_dir)
