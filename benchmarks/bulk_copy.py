"""Write rows into a table by COPY."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any


def copy_rows(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows by COPY; missing columns get the default of the model."""
    from django.core.management.color import no_style
    from django.db import connection, models
    from psycopg.types.json import Jsonb

    # The database computes generated columns itself.
    written = (field for field in model._meta.concrete_fields if not field.generated)  # noqa: SLF001
    fields = {field.attname: field for field in written}
    moment = datetime.now(UTC)

    def default(field: Any) -> Any:
        if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
            return moment
        return field.get_default()

    filled = {name: default(field) for name, field in fields.items() if not field.primary_key}
    json_columns = {name for name, field in fields.items() if isinstance(field, models.JSONField)}
    quote: Callable[[str], str] = connection.ops.quote_name
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    columns = [name for name in fields if name in filled or name in first]
    table = quote(model._meta.db_table)  # noqa: SLF001
    names = ", ".join(quote(fields[name].column) for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for row in itertools.chain([first], rows):
            copy.write_row(_values(row, columns, filled, json_columns, Jsonb))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def _values(
    row: dict[str, Any], columns: list[str], filled: dict[str, Any], json_columns: set[str], wrap: Any
) -> list[Any]:
    values = []
    for name in columns:
        value = row[name] if name in row else filled[name]
        values.append(wrap(value) if name in json_columns else value)
    return values
