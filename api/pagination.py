"""Keyset pagination: each page begins after the last row of the previous one.

The cursor holds the values of that row instead of a number. Rows added or deleted in between are neither
skipped nor repeated, and the thousandth page is as fast as the first. DRF's cursor pagination supports
neither null values nor more than a thousand rows with the same value; photos without a date are both.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

DEFAULT_LIMIT = 50
MAX_LIMIT = 500


@dataclass(frozen=True, slots=True)
class By:
    """A field of an order. nulls: whether it is nullable; nulls come last in either direction."""

    field: str
    descending: bool = False
    nulls: bool = False

    def after(self, value: Any) -> Q:
        """Return a filter for rows after this value."""
        return Q(**{f"{self.field}__{'lt' if self.descending else 'gt'}": value})

    def from_on(self, value: Any) -> Q:
        """Return a filter for rows with this value or after it, without nulls."""
        return Q(**{f"{self.field}__{'lte' if self.descending else 'gte'}": value})

    @property
    def ordering(self) -> Any:
        """The expression for `order_by`."""
        field, nulls_last = F(self.field), True if self.nulls else None
        return field.desc(nulls_last=nulls_last) if self.descending else field.asc(nulls_last=nulls_last)


Order = Sequence[By]
"""The fields a list is ordered by. The last one must be unique; only the first may be nullable."""
OLDEST_FIRST = (By("id"),)
NEWEST_FIRST = (By("id", descending=True),)


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page and the cursor of the next one, empty on the last page."""

    rows: list[Any]
    cursor: str


def page_of(rows: QuerySet[Any, Any], order: Order, *, cursor: str, limit: int) -> Page:
    """Return at most `limit` rows after a cursor, if any. Raises ValidationError for a wrong cursor."""
    rows = rows.order_by(*(one.ordering for one in order))
    found: list[Any] = []
    for part in _parts(rows, order, _read(cursor, order, rows.model) if cursor else None):
        found += part[: limit + 1 - len(found)]
        if len(found) > limit:
            return Page(found[:limit], _cursor(found[limit - 1], order))
    return Page(found, "")


def _parts(rows: QuerySet[Any, Any], order: Order, last: list[Any] | None) -> list[QuerySet[Any, Any]]:
    """Return the remaining rows as queries that an index answers: nulls are queried separately."""
    first, rest = order[0], order[1:]
    if last is None:
        return [rows]
    missing = Q(**{f"{first.field}__isnull": True})
    if last[0] is None:
        return [rows.filter(missing, _after(rest, last[1:]))]
    here = rows.filter(first.from_on(last[0])).filter(_after(order, last))
    return [here, rows.filter(missing)] if first.nulls else [here]


def _after(order: Order, values: Sequence[Any]) -> Q:
    first, value = order[0], values[0]
    later = first.after(value)
    if len(order) == 1:
        return later
    return later | (Q(**{first.field: value}) & _after(order[1:], values[1:]))


def _cursor(row: Any, order: Order) -> str:
    values = [getattr(row, one.field) for one in order]
    text = json.dumps(values, cls=_ExactEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class _ExactEncoder(DjangoJSONEncoder):
    """Keeps microseconds, which Django's encoder cuts off."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _read(cursor: str, order: Order, model: type[Model]) -> list[Any]:
    wrong = ValidationError({"cursor": [_("Invalid cursor. Use `next` of the previous page of this list.")]})
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise wrong from error
    if not isinstance(values, list) or len(values) != len(order):
        raise wrong
    return [_value(one, value, model, wrong) for one, value in zip(order, values, strict=True)]


def _value(one: By, value: Any, model: type[Model], wrong: ValidationError) -> Any:
    if value is None and one.nulls:
        return None
    if not isinstance(value, (str, int, float)) or isinstance(value, bool) or "\0" in str(value):
        raise wrong
    field: Field[Any, Any] = model._meta.get_field(one.field)  # type: ignore[assignment]  # noqa: SLF001 - its own API
    try:
        read = field.to_python(value)
        field.run_validators(read)
    except (ModelValidationError, ValueError, TypeError, OverflowError) as error:
        raise wrong from error
    if isinstance(read, datetime) and read.tzinfo is None:
        raise wrong
    return read
