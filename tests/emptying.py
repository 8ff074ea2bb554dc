"""The tables, emptied after a test whose rows other processes saw.

Django truncates all of them, and then makes the content types and permissions again, which takes longer than
many tests do. Here those stay, and of the others only those are touched that have rows.
"""

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.test import TransactionTestCase

# Made with the tables, and by nobody else.
KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})

_PLACE = "_fixture_teardown"
_as_django_does = getattr(TransactionTestCase, _PLACE)


def empty(case: TransactionTestCase) -> None:
    """In place of Django's. Triggers and foreign keys look away, for in the end nothing is left.

    Only a superuser of the database may do so; with another role it is done as Django does it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        may = cursor.fetchone() == (True,)
    if not may or set(case.databases or ()) - {DEFAULT_DB_ALIAS}:
        _as_django_does(case)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        quoted = connection.ops.quote_name
        tables = [name for name in connection.introspection.table_names(cursor) if name not in KEPT]
        asked = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quoted(name)})" for name in tables]
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(" UNION ALL ".join(asked))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quoted(name)}")


def quickly() -> None:
    """From now on the tables are emptied so."""
    setattr(TransactionTestCase, _PLACE, empty)
