"""Long lists come page by page, each beginning after the last row of the one before.

A page is asked for by what that last row was, not by a number: so rows that come or go meanwhile are neither
missed nor given twice, and the thousandth page is as fast as the first. DRF's own cursor pages know neither
values that are missing nor more than a thousand rows with the same value, and photos without a date are both.
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
MOST = 500


@dataclass(frozen=True, slots=True)
class By:
    """One thing that rows are ordered by. nulls: values may be missing; they come last, either way."""

    field: str
    descending: bool = False
    nulls: bool = False

    def after(self, value: Any) -> Q:
        """Rows that come later than those with this value."""
        return Q(**{f"{self.field}__{'lt' if self.descending else 'gt'}": value})

    def from_on(self, value: Any) -> Q:
        """Rows with this value, and later ones; of those that have a value."""
        return Q(**{f"{self.field}__{'lte' if self.descending else 'gte'}": value})

    @property
    def ordering(self) -> Any:
        """For `order_by`."""
        field, nulls_last = F(self.field), True if self.nulls else None
        return field.desc(nulls_last=nulls_last) if self.descending else field.asc(nulls_last=nulls_last)


Order = Sequence[By]
"""By what a list is ordered. The last must tell any two rows apart; only the first may lack values."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and where the next ones begin; "" where there are none."""

    rows: list[Any]
    cursor: str


def page_of(rows: QuerySet[Any, Any], order: Order, *, cursor: str, limit: int) -> Page:
    """The `limit` rows after a cursor, "" for the first ones. Raises ValidationError for another list's."""
    rows = rows.order_by(*(one.ordering for one in order))
    found: list[Any] = []
    for part in _parts(rows, order, _read(cursor, order, rows.model) if cursor else None):
        found += part[: limit + 1 - len(found)]
        if len(found) > limit:
            return Page(found[:limit], _cursor(found[limit - 1], order))
    return Page(found, "")


def _parts(rows: QuerySet[Any, Any], order: Order, last: list[Any] | None) -> list[QuerySet[Any, Any]]:
    """What is left, in queries that an index answers: rows that lack the first value have their own."""
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
    text = json.dumps(values, cls=_Exact, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class _Exact(DjangoJSONEncoder):
    """Django's own cuts moments to the millisecond."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _read(cursor: str, order: Order, model: type[Model]) -> list[Any]:
    wrong = ValidationError({"cursor": [_("This is no cursor of this list. Take it from its last answer.")]})
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise wrong from error
    if not isinstance(values, list) or len(values) != len(order):
        raise wrong
    read = []
    for one, value in zip(order, values, strict=True):
        read.append(_value(one, value, model, wrong))
    return read


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
