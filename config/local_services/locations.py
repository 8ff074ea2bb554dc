"""Where the embedded services have their files. Known without starting anything, so that settings can ask."""

import hashlib
import re
from pathlib import Path

from config.env import short_folder

DATABASE_NAME = "trombine"
DATABASE_USER = "trombine"
# Names the socket's file only; nothing listens on a network.
DATABASE_PORT = 5432

# sun_path holds 108 bytes with the closing NUL; the longest name in the folder is Postgres's.
LONGEST_SOCKET_PATH = 107
LONGEST_NAME = f".s.PGSQL.{DATABASE_PORT}"
# Both sockets are written into addresses, where a space, a comma or a percent sign would mean something.
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")


def run_folder(data_dir: Path) -> Path:
    """Locks, pid files and, when the path is short enough, sockets."""
    return data_dir / "run"


def socket_folder(data_dir: Path) -> Path:
    """The folder of both sockets: `data_dir`/run, or a short one elsewhere when a socket cannot be there."""
    folder = run_folder(data_dir)
    length = len(str(folder / LONGEST_NAME).encode())
    if length <= LONGEST_SOCKET_PATH and PLAIN_PATH.fullmatch(str(folder)):
        return folder
    return short_folder(hashlib.sha256(str(data_dir).encode()).hexdigest()[:12])


def unusable(folder: Path, error: OSError) -> str:
    """What to tell the person whose data folder cannot be made, read or written."""
    return (
        f"The data folder {folder} cannot be used: {error.strerror or error}. Give this account the right to "
        "write there, or name another folder in TROMBINE_DATA."
    )


def postgres_folder(data_dir: Path) -> Path:
    """The database itself (PGDATA)."""
    return data_dir / "postgres"


def broker_socket(data_dir: Path) -> Path:
    """The socket on which the broker listens."""
    return socket_folder(data_dir) / "broker.sock"


def log_folder(data_dir: Path) -> Path:
    """One log file a process."""
    return data_dir / "logs"
