"""Sources of health checks and metrics. Apps add theirs in `AppConfig.ready()`."""

from collections.abc import Callable, Iterable

from django.dispatch import Signal
from prometheus_client.core import Metric

from config.local_services.connectivity import broker_remedy, database_remedy
from config.observability import checks, counters
from config.observability.checks import Check, CheckResult

CHECKS = {
    "database": Check(checks.database, database_remedy),
    "broker": Check(checks.broker, broker_remedy),
    "worker": Check(checks.worker, broker_remedy),
}
ROW_COLLECTORS: list[Callable[[], Iterable[Metric]]] = []
PHOTO_STAGES: list[str] = []


def register_check(name: str, run: Callable[[], CheckResult], *, remedy: str) -> None:
    """Add a check to /readyz."""
    CHECKS[name] = Check(run, lambda: remedy)


def register_row_collector(collect: Callable[[], Iterable[Metric]]) -> None:
    """Add metrics that are read from the database at each scrape."""
    ROW_COLLECTORS.append(collect)


def register_photo_counter(stage: str, signal: Signal) -> None:
    """Count the photos that `signal` reports as `image_ids` in `trombine_photos_{stage}_total`."""

    def count(image_ids: list[int], **_kwargs: object) -> None:
        counters.add({counters.PHOTOS: {stage: len(image_ids)}})

    PHOTO_STAGES.append(stage)
    signal.connect(count, weak=False)
