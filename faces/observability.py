"""Health check of the models, and metrics of scans, grouping runs, faces and people."""

import time
from collections.abc import Iterator

from prometheus_client.core import Metric

from albums.exceptions import RefusalCode
from config.observability import registry
from config.observability.checks import CheckResult
from config.observability.metric_families import count_by, gauge, row_counts
from faces.checks import models_check
from faces.error_messages import CODES
from faces.models import ClusteringRun, Face, FaceScan, Person
from faces.signals import images_scanned

# Verifying the models may read their files.
CACHE_SECONDS = 30.0


def register() -> None:
    """Register the health check and the metrics of this app."""
    registry.register_check("models", ModelsCheck(), remedy="Run: bin/manage fetch_models")
    registry.register_row_collector(collect)
    registry.register_photo_counter("scanned", images_scanned)


class ModelsCheck:
    """Checks that the models of the settings are installed and intact; a success is cached."""

    def __init__(self) -> None:
        self._passed_at = float("-inf")

    def __call__(self) -> CheckResult:
        """Return the result. The remedies name no path."""
        if time.monotonic() - self._passed_at <= CACHE_SECONDS:
            return CheckResult(ok=True)
        problems = [message for message in models_check() if not message.is_silenced()]
        if not problems:
            self._passed_at = time.monotonic()
        remedies = dict.fromkeys(str(message.hint) for message in problems)
        return CheckResult(ok=not problems, remedy=" ".join(remedies))


def collect() -> Iterator[Metric]:
    """Yield the metrics; each query uses an index or one sequential scan."""
    scans = count_by(FaceScan.objects.all(), "state", known=FaceScan.State.values)
    yield gauge("scans", "Face scans of photos by state.", "state", scans)
    failed = FaceScan.objects.filter(state=FaceScan.State.FAILED)
    reasons = count_by(failed, "reason", known=[*CODES, *map(str, RefusalCode)])
    yield gauge("scans_failed", "Failed face scans by reason.", "reason", reasons)
    runs = count_by(ClusteringRun.objects.all(), "state", known=ClusteringRun.State.values)
    yield gauge("grouping_runs", "Grouping runs by state.", "state", runs)
    yield from row_counts({"faces": Face, "people": Person})
