"""A column for times by the clocks of a place, without a zone: Postgres' `timestamp without time zone`."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import IntegerField, Transform


class WallClockField(models.DateTimeField):  # type: ignore[type-arg]  # Django's fields take none
    """A date and time without a zone, never moved by one.

    Values are naive. Of an aware value the clock that it shows is stored: its zone needs another column.
    """

    description = "Date and time by the clocks of a place"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002 - Django's signature
        """Return the type of the column."""
        return "timestamp"

    def to_python(self, value: Any) -> Any:
        """Parse a text; raises ValidationError."""
        return _clock(datetime.fromisoformat(value) if isinstance(value, str) else value)

    def get_prep_value(self, value: Any) -> Any:
        """Return the naive value for a query, without Django's warning about naive ones."""
        return None if value is None or hasattr(value, "resolve_expression") else self.to_python(value)

    def get_transform(self, lookup_name: str) -> Any:
        """Return `month`, `month_day`.

        Django's own transforms would move the clock from the server's time zone to UTC.
        """
        return {"month": _Month, "month_day": MonthDay}.get(lookup_name)


class _Month(Transform):
    """The month, 1 to 12."""

    template = "EXTRACT(MONTH FROM %(expressions)s)::int"
    output_field = IntegerField()
    lookup_name = "month"


class MonthDay(Transform):
    """The day of the year as month times 100 plus day: 1225 is Christmas."""

    template = "(EXTRACT(MONTH FROM %(expressions)s) * 100 + EXTRACT(DAY FROM %(expressions)s))::int"
    output_field = IntegerField()
    lookup_name = "month_day"


def _clock(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
