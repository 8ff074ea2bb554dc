"""Paths of the embedded services. Computed without starting anything, so that settings can use them."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

DATABASE_NAME = "trombine"
DATABASE_USER = "trombine"
# Part of the socket's file name; no server listens on a network.
DATABASE_PORT = 5432

# sun_path holds 108 bytes with the closing NUL; Postgres has the longest name in the folder.
MAX_SOCKET_PATH = 107
POSTGRES_SOCKET = f".s.PGSQL.{DATABASE_PORT}"
# Both sockets are part of URLs, where a space, a comma or a percent sign has a meaning.
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")


def run_folder(data_dir: Path) -> Path:
    """Return the folder of locks, pid files and, if its path is short enough, sockets."""
    return data_dir / "run"


def socket_folder(data_dir: Path) -> Path:
    """Return the folder of both sockets: `data_dir`/run, or a short one where that path is unsuitable."""
    folder = run_folder(data_dir)
    length = len(str(folder / POSTGRES_SOCKET).encode())
    if length <= MAX_SOCKET_PATH and PLAIN_PATH.fullmatch(str(folder)):
        return folder
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"trombine-{os.getuid()}-{digest}"


def unusable(folder: Path, reason: str) -> str:
    """Return the error message for a data folder that cannot be created, read or written."""
    return (
        f"The data folder {folder} cannot be used: {reason}. Give this account the right to "
        "write there, or name another folder in TROMBINE_DATA."
    )


def postgres_folder(data_dir: Path) -> Path:
    """Return the database cluster's folder (PGDATA)."""
    return data_dir / "postgres"


def broker_socket(data_dir: Path) -> Path:
    """Return the path of the broker's socket."""
    return socket_folder(data_dir) / "broker.sock"


def log_file(data_dir: Path, name: str) -> Path:
    """Return the log file of a process."""
    return data_dir / "logs" / f"{name}.log"


def pid_file(data_dir: Path, name: str) -> Path:
    """Return the pid file of a process."""
    return run_folder(data_dir) / f"{name}.pid"
