"""Orders of rows in lists, and keyset queries: the rows before or after a row, without reading the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])


@dataclass(frozen=True, slots=True)
class Key:
    """A field of an order. Nulls come last in both directions."""

    field: str
    descending: bool = False
    nullable: bool = False

    def expression(self, *, backwards: bool = False) -> OrderBy:
        """Return the key for `order_by`; `backwards` reverses the whole order, nulls too."""
        nulls = {"nulls_first" if backwards else "nulls_last": True} if self.nullable else {}
        return OrderBy(F(self.field), descending=self.descending != backwards, **nulls)

    def after(self, value: Any, *, backwards: bool = False, or_equal: bool = False) -> Q:
        """Return the condition for rows after this value, or before it if `backwards`; nulls are left out."""
        lookup = ("lt" if self.descending != backwards else "gt") + ("e" if or_equal else "")
        return Q((f"{self.field}__{lookup}", value))


Order = Sequence[Key]
"""The keys of a list. The last one is unique; only the first may be nullable."""

NEWEST_FIRST: Order = (
    Key("captured_at", descending=True, nullable=True),
    Key("added_at", descending=True),
    Key("id", descending=True),
)
"""The order of photos by default, as in Image.Meta.ordering."""

OLDEST_FIRST: Order = (Key("captured_at", nullable=True), Key("added_at"), Key("id"))

ALBUM_ORDERS: Mapping[str, Order] = {
    "newest": NEWEST_FIRST,
    "oldest": OLDEST_FIRST,
    "name": (Key("source_path"), Key("id")),
    "added": (Key("put_in_at", descending=True), Key("id", descending=True)),
}
"""The orders of the photos in an album, by Album.Sort; `put_in_at` is annotated by `in_album`."""


BY_ID: Order = (Key("id"),)
BY_ID_DESCENDING: Order = (Key("id", descending=True),)


def in_order(rows: Rows, order: Order, *, backwards: bool = False) -> Rows:
    """Return the rows in this order."""
    return rows.order_by(*(key.expression(backwards=backwards) for key in order))


def rows_after(rows: Rows, order: Order, values: Sequence[Any], *, backwards: bool = False) -> list[Rows]:
    """Return the rows after the row with these values of the keys, or before it if `backwards`.

    The result is one or two queries to read in turn. Each is a range of an index that begins with the first
    key: rows with and without a value of it are in different ranges.
    """
    first, rows = order[0], in_order(rows, order, backwards=backwards)
    without = Q((f"{first.field}__isnull", True))
    if values[0] is None:
        parts = [rows.filter(without, _after(order[1:], values[1:], backwards=backwards))]
        return [*parts, rows.exclude(without)] if backwards else parts
    start = first.after(values[0], backwards=backwards, or_equal=True)
    parts = [rows.filter(start, _after(order, values, backwards=backwards))]
    return [*parts, rows.filter(without)] if first.nullable and not backwards else parts


def _after(order: Order, values: Sequence[Any], *, backwards: bool) -> Q:
    after = order[0].after(values[0], backwards=backwards)
    if len(order) == 1:
        return after
    return after | (Q((order[0].field, values[0])) & _after(order[1:], values[1:], backwards=backwards))


def neighbours(rows: QuerySet[Any, Any], order: Order, pk: int) -> tuple[int | None, int | None]:
    """Return the ids before and after a row: None at the ends, and for a row that is not in the list."""
    values = _values(rows, order, pk)
    if values is None:
        return None, None
    return _nearest(rows_after(rows, order, values, backwards=True)), _nearest(
        rows_after(rows, order, values)
    )


def position(rows: QuerySet[Any, Any], order: Order, pk: int) -> int:
    """Return how many rows are before a row of the list."""
    values = _values(rows, order, pk)
    before = [] if values is None else rows_after(rows, order, values, backwards=True)
    return sum(part.count() for part in before)


def _values(rows: QuerySet[Any, Any], order: Order, pk: int) -> tuple[Any, ...] | None:
    return rows.filter(pk=pk).values_list(*(key.field for key in order)).first()


def _nearest(parts: Sequence[QuerySet[Any, Any]]) -> int | None:
    return next((key for part in parts if (key := part.values_list("pk", flat=True).first())), None)
