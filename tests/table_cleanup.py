"""Fast cleanup of the tables after a test whose rows other processes saw.

Django truncates every table and then recreates content types and permissions, which takes longer than many
tests. Here those stay, and only tables with rows are emptied.
"""

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.test import TransactionTestCase

# Filled by the migrations.
PRESERVED = frozenset({"django_migrations", "django_content_type", "auth_permission"})

_METHOD = "_fixture_teardown"
_django_teardown = getattr(TransactionTestCase, _METHOD)


def empty(case: TransactionTestCase) -> None:
    """Empty the tables in place of Django's teardown, without triggers and foreign keys.

    That requires a superuser of the database; with another role Django's teardown runs.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        may = cursor.fetchone() == (True,)
    if not may or set(case.databases or ()) - {DEFAULT_DB_ALIAS}:
        _django_teardown(case)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        quoted = connection.ops.quote_name
        tables = [name for name in connection.introspection.table_names(cursor) if name not in PRESERVED]
        queries = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quoted(name)})" for name in tables]
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(" UNION ALL ".join(queries))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quoted(name)}")


def install() -> None:
    """Replace Django's teardown."""
    setattr(TransactionTestCase, _METHOD, empty)
