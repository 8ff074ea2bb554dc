"""Advisory locks of Postgres, for albums and faces."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum, unique

from django.db import connection


@unique
class AdvisoryLock(IntEnum):
    """First keys of advisory locks; the second key is the id of an owner unless a comment names another."""

    GROUPING = 0x7A0B
    PEOPLE = 0x7A0C
    MODELS = 0x7A0D
    ATTRIBUTES = 0x7A17
    REINDEXING = 0x7A0E
    UNPACKING = 0x7A0F  # the first four bytes of the upload's id
    PERSON_STATS = 0x7A10
    QUOTA = 0x7A11
    FIRST_ACCOUNT = 0x7A12  # 0
    JOB = 0x7A13  # the id of the job
    JOB_LIMITS = 0x7A14
    JOB_SLOT = 0x7A15  # the number of the slot
    SWEEPING = 0x7A18  # 0
    STACKS = 0x7A19

    def acquire(self, key: int) -> None:
        """Wait for the lock, and hold it until the transaction ends."""
        self._call("pg_advisory_xact_lock", key)

    def acquire_shared(self, key: int) -> None:
        """Wait for the lock, and share it with others until the transaction ends."""
        self._call("pg_advisory_xact_lock_shared", key)

    def try_acquire(self, key: int) -> bool:
        """Hold the lock until the transaction ends; return False when it is taken."""
        return bool(self._call("pg_try_advisory_xact_lock", key))

    @contextmanager
    def held(self, key: int) -> Iterator[bool]:
        """Hold the lock over several transactions, or yield False; released when the process dies."""
        acquired = bool(self._call("pg_try_advisory_lock", key))
        try:
            yield acquired
        finally:
            if acquired:
                self._call("pg_advisory_unlock", key)

    def taken(self, keys: Iterable[int]) -> set[int]:
        """Return those of these keys whose lock somebody holds now."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
                "AND classid = %s AND objid = ANY(%s::bigint[]::oid[])",
                [int(self), list(keys)],
            )
            return {row[0] for row in cursor.fetchall()}

    def _call(self, function: str, key: int) -> object:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [int(self), key])
            return cursor.fetchone()[0]
