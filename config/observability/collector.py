"""The numbers that are asked for when the metrics are scraped: rows, queues, workers, room on the disk.

Nothing here is named after a person, a file or an account, and every label has a fixed set of values.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import Error as DatabaseError
from django.db.models import Count, Model, QuerySet
from kombu.exceptions import KombuError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from albums.exceptions import RefusalCode
from albums.models import Album, Image, Upload
from config.observability import counters, queues
from config.observability.heartbeats import SILENT_SECONDS, seconds_since_heard
from faces.failures import CODES
from faces.models import ClusteringRun, Face, FaceScan, Person

OTHER = "other"


class TrombineCollector(Collector):
    """Asks the parts of Trombine. One that is away is left out, and `trombine_up` says so."""

    def collect(self) -> Iterator[Metric]:
        """All metrics that are known now."""
        up = GaugeMetricFamily("trombine_up", "Whether a part answered this scrape.", labels=("part",))
        sources = (("database", _of_rows), ("broker", _of_queues), ("cache", _of_workers))
        for part, source in sources:
            try:
                yield from list(source())
            except (DatabaseError, RedisError, KombuError, OSError):
                up.add_metric((part,), 0)
            else:
                up.add_metric((part,), 1)
        yield from _of_the_disk()
        yield up


def _of_rows() -> Iterator[Metric]:
    """Each of these is answered by an index, or by reading one table through."""
    total = Image.objects.count()
    unread = Image.objects.unread().count()
    refused = _by(Image.objects.refused(), "reason", known=[str(code) for code in RefusalCode])
    photos = {"waiting": unread, "refused": sum(refused.values())}
    photos["ready"] = total - sum(photos.values())
    yield _gauge("trombine_photos", "Photos by how far their reading has come.", "state", photos)
    yield _gauge("trombine_photos_refused", "Files that came to no photo, by reason.", "reason", refused)
    scans = _by(FaceScan.objects.all(), "state", known=FaceScan.State.values)
    yield _gauge("trombine_scans", "Photos in which faces are looked for, by state.", "state", scans)
    reasons = [*CODES, *map(str, RefusalCode)]
    failed = _by(FaceScan.objects.filter(state=FaceScan.State.FAILED), "reason", known=reasons)
    yield _gauge("trombine_scans_failed", "Photos in which faces could not be looked for.", "reason", failed)
    runs = _by(ClusteringRun.objects.all(), "state", known=ClusteringRun.State.values)
    yield _gauge("trombine_grouping_runs", "Groupings of faces into people, by state.", "state", runs)
    uploads = _by(Upload.objects.all(), "state", known=Upload.State.values)
    yield _gauge("trombine_uploads", "Files on their way in, and zips, by state.", "state", uploads)
    kinds: tuple[tuple[str, type[Model]], ...] = (
        ("faces", Face),
        ("people", Person),
        ("albums", Album),
        ("accounts", User),
    )
    for name, model in kinds:
        rows = model._default_manager.count()  # noqa: SLF001 - Django's documented name
        yield GaugeMetricFamily(f"trombine_{name}", f"All {name}.", value=rows)


def _of_queues() -> Iterator[Metric]:
    waiting = queues.lengths(settings.QUEUES)
    text = "Tasks that wait in a queue, without those that a worker has taken."
    yield _gauge("trombine_queue_length", text, "queue", waiting)


def _of_workers() -> Iterator[Metric]:
    heard = seconds_since_heard(settings.QUEUES)
    listening = {
        queue: sum(seconds <= SILENT_SECONDS for seconds in workers) for queue, workers in heard.items()
    }
    text = f"Workers that listen to a queue and were heard from within {SILENT_SECONDS:.0f} seconds."
    yield _gauge("trombine_queue_workers", text, "queue", listening)
    photos, tasks, milliseconds = counters.read(counters.PHOTOS, counters.TASKS, counters.TASK_MILLISECONDS)
    for stage in ("read", "scanned"):
        text = f"Photos that workers have {stage}, since the cache was empty."
        yield CounterMetricFamily(f"trombine_photos_{stage}", text, value=photos.get(stage, 0))
    text = "Tasks that workers have ended, by how they ended, and the time that they took."
    summary = SummaryMetricFamily("trombine_task_duration_seconds", text, labels=("task", "state"))
    for name, count in sorted(tasks.items()):
        task, _, state = name.partition(" ")
        summary.add_metric((task, state), count, milliseconds.get(name, 0) / 1000)
    yield summary


def _of_the_disk() -> Iterator[Metric]:
    text = "Bytes on the disk of the photos, as far as they are on a disk of this machine."
    try:
        use = shutil.disk_usage(settings.MEDIA_ROOT)
    except OSError:
        return
    for name, size in (("free", use.free), ("size", use.total)):
        yield GaugeMetricFamily(f"trombine_storage_{name}_bytes", text, value=size)


def _by(rows: QuerySet[Any], column: str, *, known: Iterable[str]) -> dict[str, int]:
    """How many rows have each known value, also where none has; what else there is counts as "other"."""
    counts = dict.fromkeys(known, 0)
    for value, count in rows.order_by().values_list(column).annotate(Count("pk")):
        name = value if value in counts else OTHER
        counts[name] = counts.get(name, 0) + count
    return counts


def _gauge(name: str, text: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, text, labels=(label,))
    for value, count in values.items():
        gauge.add_metric((value,), count)
    return gauge
