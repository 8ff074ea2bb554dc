"""Keyset pagination: each page begins after the last row of the previous one.

The cursor holds the values of that row instead of a number. Rows added or deleted in between are neither
skipped nor repeated, and the thousandth page is as fast as the first. DRF's cursor pagination has neither
null values nor more than a thousand rows with the same value; photos without a date are both.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from albums.ordering import Key, Order, in_order, rows_after
from albums.wall_clock import WallClockField


class InvalidCursor(Exception):
    """A text that is no cursor of a list."""


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, the cursor of the next one (empty on the last page), and the values of its own."""

    rows: list[Any]
    cursor: str
    after: Sequence[Any] = ()


def page_of(rows: QuerySet[Any, Any], order: Order, *, cursor: str, limit: int) -> Page:
    """Return at most `limit` rows after a cursor, or the first ones without. Raises InvalidCursor."""
    after = _decoded(cursor, order, rows) if cursor else ()
    found: list[Any] = []
    for part in rows_after(rows, order, after) if after else [in_order(rows, order)]:
        found += part[: limit + 1 - len(found)]
        if len(found) > limit:
            return Page(found[:limit], _encoded(found[limit - 1], order), after)
    return Page(found, "", after)


class _ExactEncoder(DjangoJSONEncoder):
    """Keeps microseconds, which Django's encoder cuts off."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _encoded(row: Any, order: Order) -> str:
    values = [getattr(row, key.field) for key in order]
    text = json.dumps(values, cls=_ExactEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str, order: Order, rows: QuerySet[Any, Any]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise InvalidCursor from error
    if not isinstance(values, list) or len(values) != len(order):
        raise InvalidCursor
    return [_value(key, value, rows) for key, value in zip(order, values, strict=True)]


def _value(key: Key, value: Any, rows: QuerySet[Any, Any]) -> Any:
    if value is None and key.nullable:
        return None
    if not isinstance(value, (str, int, float)) or isinstance(value, bool) or "\0" in str(value):
        raise InvalidCursor
    annotation = rows.query.annotations.get(key.field)
    field: Any = annotation.output_field if annotation else rows.model._meta.get_field(key.field)  # noqa: SLF001 - its own API
    try:
        read = field.to_python(value)
        field.run_validators(read)
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise InvalidCursor from error
    if isinstance(read, datetime) and read.tzinfo is None and not isinstance(field, WallClockField):
        raise InvalidCursor
    return read
