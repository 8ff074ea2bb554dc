"""Postgres's client programs of the wheel, or newer ones on the PATH for a newer server."""

import os
import shutil
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import make_conninfo

from config.local_services.postgres import PostgresError, program, program_major

# Newer programs begin a dump with this setting, which servers before 17 do not know.
UNKNOWN_SETTING = b"SET transaction_timeout = 0;\n"
# Lines that may contain it; user data comes later.
HEADER_LINES = 60
CHUNK = 2**20
OPTIONS = ("--no-owner", "--no-privileges", "--no-comments")


class Programs:
    """The programs for a server. Raises `PostgresError` when they are missing."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        """Use the connection's server and parameters; no command line contains the password."""
        info = connection.info
        self._address = info.dsn
        self._environment = {**os.environ, "PGCLIENTENCODING": "UTF8", "PGPASSWORD": info.password}
        self._server = info.server_version // 10000
        self._folder = _folder_for(self._server)

    def dump(self, file: Path, *, snapshot: str | None = None) -> None:
        """Dump the database, as of `snapshot` if there is one, into `file`. Raises `PostgresError`."""
        command = [str(self._folder / "pg_dump"), f"--dbname={self._address}", "--format=custom", *OPTIONS]
        command += [f"--file={file}", *([f"--snapshot={snapshot}"] if snapshot else [])]
        done = subprocess.run(command, env=self._environment, capture_output=True, check=False)
        if done.returncode:
            raise PostgresError(f"The database could not be dumped: {_short(done.stderr)}")

    def load(self, file: Path, *, name: str) -> None:
        """Load a dump in one transaction, on a connection of this name. Raises `PostgresError`.

        The transaction is committed by a line after the dump. psql's own option for it would commit whatever
        had arrived when this process is killed, since psql then reads the end of its input.
        """
        restore = ["pg_restore", *OPTIONS, "--file=-", str(file)]
        address = make_conninfo(self._address, application_name=name)
        load = ["psql", f"--dbname={address}", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
        load += ["--output=/dev/null", "--file=-"]
        with ExitStack() as stack:
            source = self._start(stack, restore, subprocess.DEVNULL, subprocess.PIPE)
            target = self._start(stack, load, subprocess.PIPE, subprocess.DEVNULL)
            with suppress(BrokenPipeError):  # psql has ended with an error message
                self._copy(source, target.stdin)
            _, output = target.communicate()
            source.kill()
            source_output = source.stderr.read() if source.stderr else b""
            source.wait()
        if target.returncode or source.returncode:
            problem = _short(output) or _short(source_output)
            raise PostgresError(f"The database could not be restored: {problem}")

    def _copy(self, source: subprocess.Popen[bytes], target: IO[bytes] | None) -> None:
        assert source.stdout is not None  # noqa: S101 - both are pipes
        assert target is not None  # noqa: S101 - both are pipes
        target.write(b"BEGIN;\n")
        for _ in range(HEADER_LINES):
            line = source.stdout.readline()
            if self._server >= 17 or line != UNKNOWN_SETTING:
                target.write(line)
        shutil.copyfileobj(source.stdout, target, CHUNK)
        if source.wait() == 0:
            target.write(b"COMMIT;\n")
        target.flush()

    def _start(
        self, stack: ExitStack, command: list[str], stdin: int, stdout: int
    ) -> subprocess.Popen[bytes]:
        """Start a program with the password in its environment; the stack stops it."""
        command = [str(self._folder / command[0]), *command[1:]]
        process = stack.enter_context(
            subprocess.Popen(
                command, env=self._environment, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE
            )
        )
        stack.callback(process.kill)
        return process


def _folder_for(server: int) -> Path:
    """Return the folder of the programs for a major version."""
    found = []
    with suppress(PostgresError):  # the wheel may be missing where an external server is used
        found.append(program("pg_dump"))
    on_path = shutil.which("pg_dump")
    found += [Path(on_path)] if on_path else []
    versions = {path.parent: program_major(path) for path in found if path.exists()}
    for folder, major in versions.items():
        if major >= server:
            return folder
    available = ", ".join(str(major) for major in versions.values()) or "none"
    raise PostgresError(
        f"The database server is Postgres {server}; available client programs: {available}. Install pg_dump, "
        f"pg_restore and psql of Postgres {server} or newer, so that they are on the PATH."
    )


def _short(output: bytes) -> str:
    return " ".join(output.decode(errors="replace").split())[:500]
