"""Snapshots of the database that several programs share: PostgreSQL's exported snapshots."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from albums.services.backup.format import Stored, private_lines
from albums.services.backup.stored_files import QUERY, ROWS
from config.local_services.postgres_programs import Programs


class Moment:
    """The database at one moment."""

    def __init__(self, own: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self._own = own
        row = own.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101 - a function gives a row
        self._snapshot = str(row[0])
        self._programs = Programs(own)

    def dump(self, file: Path) -> None:
        """Dump the database into a file. Raises PostgresError."""
        file.touch(mode=0o600)
        self._programs.dump(file, snapshot=self._snapshot)

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each table."""
        tables = self._own.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        ).fetchall()
        counted = {}
        for (table,) in tables:
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            row = self._own.execute(query).fetchone()
            counted[str(table)] = int(row[0]) if row else 0
        return counted

    def rows(self, buffer: Path) -> Iterator[Stored]:
        """Return the files, through a file, so that the snapshot can end while they are read."""
        with private_lines(buffer) as lines, self._own.cursor("rows") as cursor:
            cursor.itersize = ROWS
            for name, size, sha256 in cursor.execute(QUERY):
                lines.write(Stored(name, size, sha256).line())
        return _read_and_remove(buffer)


def _read_and_remove(buffer: Path) -> Iterator[Stored]:
    with buffer.open(encoding="utf-8") as lines:
        for line in lines:
            yield Stored.of_line(line)
    buffer.unlink()


@contextmanager
def snapshot() -> Iterator[Moment]:
    """Yield the database at this moment, on a separate connection."""
    connection.ensure_connection()
    info = connection.connection.info
    with psycopg.connect(info.dsn, password=info.password) as own:
        own.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        own.read_only = True
        yield Moment(own)
