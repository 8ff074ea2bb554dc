"""Remove the remains of deleted rows from the files of Postgres.

A deleted row stays in the file of its table, in its indexes, in the statistics of the planner and in the
write-ahead log; VACUUM frees the place and overwrites nothing. So tables are written anew with their indexes
(VACUUM FULL), statistics are cleared and computed again, and old files of the log are deleted. None of this
works within a transaction.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError, connection
from psycopg import errors, sql

# A statement that waits for a table makes all later ones wait behind it: so it ends soon and is repeated.
LOCK_TIMEOUT = "1500ms"
LOCK_ATTEMPTS = 40
LOCK_PAUSE = 0.5
SNAPSHOT_SECONDS = 20.0
LOG_ATTEMPTS = 5
SERVER_CLEARS = 180_000
"""Version of Postgres from which the owner of a table may clear its statistics."""

SLOW_METHODS = ("hnsw", "ivfflat")
"""Access methods of indexes that take long to build: those are built while the table is in use."""

Result = TypeVar("Result")


class FilesBusy(Exception):
    """Other transactions use the tables now; the sweep continues later."""


def tables() -> list[str]:
    """Return the names of the tables of all apps, the smallest first; others may be in the same schema."""
    ours = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
    return [
        str(name)
        for (name,) in _rows(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_has_role(relowner, 'USAGE') "
            "AND relnamespace = current_schema()::regnamespace "
            "ORDER BY pg_total_relation_size(oid), relname"
        )
        if name in ours
    ]


def snapshots_end() -> None:
    """Wait until no transaction sees what was deleted before this call. Raises FilesBusy.

    Rewriting a table keeps the deleted rows that an older transaction, such as a backup's, still sees. Those
    of other databases of the server count as well: the snapshot of VACUUM FULL begins with the oldest of all.
    """
    ((boundary,),) = _rows("SELECT pg_current_xact_id()::text")
    # VACUUM holds no other transaction back, ANALYZE does; an autovacuum worker, which is no user's, does
    # both. Without the right to see the sessions of other users, their type is hidden, but not the user.
    query = (
        "SELECT pg_snapshot_xmin(pg_current_snapshot()) < %(boundary)s::xid8 OR EXISTS ("
        "SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND (usesysid IS NOT NULL OR pid IN (SELECT pid FROM pg_stat_progress_analyze)) "
        "AND age(backend_xmin) >= age(%(boundary)s::xid8::xid))"
    )
    deadline = time.monotonic() + SNAPSHOT_SECONDS
    while True:
        ((older,),) = _rows(query, {"boundary": boundary})
        if not older:
            return
        if time.monotonic() > deadline:
            raise FilesBusy("older transactions run")
        time.sleep(0.2)


def slow_indexes(table: str) -> dict[str, str]:
    """Return the statements that create a table's slow indexes, by their names."""
    return {
        str(name): str(statement)
        for name, statement in _rows(
            "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i "
            "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam "
            "WHERE am.amname = ANY(%s) AND i.indrelid = %s::regclass",
            [list(SLOW_METHODS), connection.ops.quote_name(table)],
        )
    }


def index_remove(name: str) -> None:
    """Drop an index. Raises FilesBusy."""
    _locking(lambda: _run("DROP INDEX IF EXISTS {}", name))


def index_create(name: str, statement: str) -> None:
    """Create an index while its table is in use, unless it exists; one of a killed attempt is replaced."""
    found = _rows("SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(%s)", [name])
    if found and not found[0][0]:
        index_remove(name)
    if not found or not found[0][0]:
        with connection.cursor() as cursor:
            # With less memory many vectors are inserted one by one.
            cursor.execute("SET maintenance_work_mem = '1GB'")
            try:
                cursor.execute(statement.replace("CREATE INDEX ", "CREATE INDEX CONCURRENTLY ", 1))
            finally:
                cursor.execute("RESET maintenance_work_mem")
    # Like those of the column itself: its statistics would be samples of vectors.
    for (number,) in _rows(
        "SELECT a.attnum FROM pg_attribute a JOIN pg_index i ON i.indexrelid = a.attrelid "
        "WHERE a.attrelid = to_regclass(%s) AND i.indkey[a.attnum - 1] = 0",
        [name],
    ):
        _run("ALTER INDEX {} ALTER COLUMN " + str(int(number)) + " SET STATISTICS 0", name)


def table_rewrite(table: str) -> None:
    """Write a table and its indexes anew, and compute its statistics again. Raises FilesBusy.

    The table cannot be read meanwhile.
    """
    _locking(lambda: _run("VACUUM (FULL) {}", table))
    _statistics_clear(table)
    _run("ANALYZE {}", table)


def _statistics_clear(table: str) -> None:
    """Delete the statistics of a table and of its indexes: ANALYZE keeps those of an empty table."""
    if _server_version() >= SERVER_CLEARS:
        _rows(
            "SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited) FROM pg_stats "
            "WHERE schemaname = current_schema() AND (tablename = %(table)s OR tablename IN ("
            "SELECT indexname FROM pg_indexes "
            "WHERE schemaname = current_schema() AND tablename = %(table)s))",
            {"table": table},
        )
    elif _is_superuser():
        _rows(
            "WITH gone AS (DELETE FROM pg_statistic WHERE starelid = %(table)s::regclass OR starelid IN "
            "(SELECT indexrelid FROM pg_index WHERE indrelid = %(table)s::regclass) RETURNING 1) "
            "SELECT count(*) FROM gone",
            {"table": connection.ops.quote_name(table)},
        )


def catalog_rewrite() -> bool:
    """Write the table of the planner's statistics anew; return False without the right to do so."""
    if not (_server_version() >= SERVER_CLEARS or _is_superuser()):
        return False
    ((may,),) = _rows(
        "SELECT current_setting('is_superuser') = 'on' OR pg_has_role(datdba, 'USAGE') "
        "FROM pg_database WHERE datname = current_database()"
    )
    if may:
        _locking(lambda: _run("VACUUM (FULL) {}", "pg_statistic"))
    return bool(may)


def log_discard() -> None:
    """Delete the files of the write-ahead log that were written before this call. Raises FilesBusy.

    Only for a server of our own (`config.local_services.postgres`), which does not use old files again.
    """
    _rows("SELECT pg_switch_wal()")
    ((boundary,),) = _rows("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
    for _attempt in range(LOG_ATTEMPTS):
        with connection.cursor() as cursor:
            # A checkpoint also removes the files of tables that were written anew.
            cursor.execute("CHECKPOINT")
        ((older,),) = _rows(
            "SELECT count(*) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' AND name < %s", [boundary]
        )
        if not older:
            return
        time.sleep(0.2)
    raise FilesBusy(f"{older} old files of the log")


def _locking(work: Callable[[], Result]) -> Result:
    """Carry out a statement that needs a table for itself, in a gap between others. Raises FilesBusy."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        try:
            for attempt in range(1, LOCK_ATTEMPTS + 1):
                try:
                    return work()
                except OperationalError as error:
                    if not isinstance(error.__cause__, errors.LockNotAvailable):
                        raise
                    if attempt == LOCK_ATTEMPTS:
                        raise FilesBusy("a table is in use") from error
                time.sleep(LOCK_PAUSE)
        finally:
            cursor.execute("RESET lock_timeout")
    raise AssertionError("the last attempt returns or raises")


def _run(statement: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _rows(query: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def _server_version() -> int:
    return int(_rows("SELECT current_setting('server_version_num')")[0][0])


def _is_superuser() -> bool:
    return bool(_rows("SELECT current_setting('is_superuser') = 'on'")[0][0])
