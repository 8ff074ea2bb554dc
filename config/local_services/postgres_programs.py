"""Postgres's own programs, run on the database of the settings: a dump is written, and loaded.

Those of the wheel are used, which suit servers of their version and older. For a newer server there must be
newer ones on the PATH.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from config.local_services.postgres import PostgresError, program

# What of a connection's parameters a program reads from its environment: a password is in no command line.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
}
# Servers before 17 do not know this setting, which newer programs put before everything else.
UNKNOWN_TO_OLDER = b"SET transaction_timeout = 0;\n"
# Lines in which it may stand: what comes later is people's data.
LINES_OF_SETTINGS = 60
CHUNK = 2**20


class Programs:
    """The programs that suit a server."""

    def __init__(self, parameters: Mapping[str, Any], *, server: int) -> None:
        """parameters: as psycopg takes them. server: the major version. Raises `PostgresError`."""
        self._environment = {**os.environ, "PGCLIENTENCODING": "UTF8"} | {
            variable: str(parameters[name])
            for name, variable in VARIABLES.items()
            if parameters.get(name) not in {None, ""}
        }
        self._server = server
        self._folder = _folder_for(server)

    def dump(self, file: Path, *, snapshot: str) -> None:
        """Write the database as it was in `snapshot` into `file`. Raises `PostgresError`."""
        command = [str(self._folder / "pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
        command += ["--no-comments", f"--snapshot={snapshot}", f"--file={file}"]
        with self._running(command, stdin=subprocess.DEVNULL) as dumping:
            _, said = dumping.communicate()
        if dumping.returncode:
            raise PostgresError(f"The database could not be dumped: {_short(said)}")

    def load(self, file: Path) -> None:
        """Make what is in the dump, in one transaction: all of it, or nothing. Raises `PostgresError`."""
        unpack = [str(self._folder / "pg_restore"), "--no-owner", "--no-privileges", "--no-comments"]
        unpack += ["--file=-", str(file)]
        load = [str(self._folder / "psql"), "--no-psqlrc", "--quiet", "--single-transaction"]
        load += ["--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"]
        with (
            self._running(unpack, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as unpacking,
            self._running(load, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as loading,
        ):
            broken = False
            try:
                self._hand_over(unpacking, loading)
            except BrokenPipeError:
                broken = True  # it has said why, and ended
            finally:
                if not broken and unpacking.wait():
                    # Without its end the transaction must not become true.
                    loading.kill()
            _, said = loading.communicate()
            unsaid = unpacking.stderr.read() if unpacking.stderr else b""
        if loading.returncode or (unpacking.returncode and not broken):
            raise PostgresError(f"The database could not be restored: {_short(said) or _short(unsaid)}")

    def _hand_over(self, unpacking: "subprocess.Popen[bytes]", loading: "subprocess.Popen[bytes]") -> None:
        source, sink = unpacking.stdout, loading.stdin
        assert source is not None  # noqa: S101 - as it was started
        assert sink is not None  # noqa: S101 - as it was started
        for _ in range(LINES_OF_SETTINGS):
            line = source.readline()
            if self._server >= 17 or line != UNKNOWN_TO_OLDER:
                sink.write(line)
        shutil.copyfileobj(source, sink, CHUNK)
        sink.flush()

    @contextmanager
    def _running(
        self, command: list[str], *, stdin: int, stdout: int | IO[bytes] = subprocess.DEVNULL
    ) -> "Iterator[subprocess.Popen[bytes]]":
        """A program with the connection in its environment; it does not outlive the block."""
        with subprocess.Popen(
            command, env=self._environment, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE
        ) as running:
            try:
                yield running
            except BaseException:
                running.kill()
                raise


def _folder_for(server: int) -> Path:
    """Where the programs are that suit a server of this major version."""
    found = []
    with suppress(PostgresError):  # without the wheel: a server of one's own has programs of its own
        found.append(program("pg_dump"))
    on_path = shutil.which("pg_dump")
    found += [Path(on_path)] if on_path else []
    versions = {path.parent: _major(path) for path in found if path.exists()}
    for folder, major in versions.items():
        if major >= server:
            return folder
    there = ", ".join(str(major) for major in versions.values()) or "none"
    raise PostgresError(
        f"The database server is Postgres {server}; programs that are here: {there}. Install the client "
        f"programs (pg_dump, pg_restore, psql) of Postgres {server} or newer, so that they are on the PATH."
    )


def _major(path: Path) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"\) (\d+)", said)
    return int(match[1]) if match else 0


def _short(said: bytes) -> str:
    """The first lines of what a program said."""
    return " ".join(said.decode(errors="replace").split())[:500]
