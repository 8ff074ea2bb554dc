"""Builders of metric families. Labels have a fixed set of values and never contain user data."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Model, QuerySet
from prometheus_client.core import GaugeMetricFamily

OTHER = "other"


def gauge(name: str, description: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    """Return the gauge `trombine_{name}` with one sample per value of its label."""
    family = GaugeMetricFamily(f"trombine_{name}", description, labels=(label,))
    for value, count in values.items():
        family.add_metric((value,), count)
    return family


def row_counts(models: dict[str, type[Model]]) -> Iterator[GaugeMetricFamily]:
    """Yield the number of rows of each model as `trombine_{name}`."""
    for name, model in models.items():
        rows = model._default_manager.count()  # noqa: SLF001 - Django's documented name
        yield GaugeMetricFamily(f"trombine_{name}", f"Number of {name}.", value=rows)


def count_by(rows: QuerySet[Any], column: str, *, known: Iterable[str]) -> dict[str, int]:
    """Return the number of rows per known value of a column; all other values count as "other"."""
    counts = dict.fromkeys(known, 0)
    for value, count in rows.order_by().values_list(column).annotate(Count("pk")):
        name = value if value in counts else OTHER
        counts[name] = counts.get(name, 0) + count
    return counts
