"""Metrics that are computed at each scrape: rows, queues, workers and disk space."""

import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import Error as DatabaseError
from kombu.exceptions import KombuError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from config.observability import counters, queues
from config.observability.heartbeats import TIMEOUT_SECONDS, heartbeat_ages
from config.observability.metric_families import gauge
from config.observability.registry import PHOTO_STAGES, ROW_COLLECTORS


class TrombineCollector(Collector):
    """Collects the metrics of every service that responds; `trombine_up` tells which do."""

    def collect(self) -> Iterator[Metric]:
        """Yield all available metrics."""
        up = GaugeMetricFamily("trombine_up", "Whether a service responded to this scrape.", labels=("part",))
        sources = (("database", _row_metrics), ("broker", _queue_metrics), ("cache", _worker_metrics))
        for part, source in sources:
            try:
                yield from list(source())
            except (DatabaseError, RedisError, KombuError, OSError):
                up.add_metric((part,), 0)
            else:
                up.add_metric((part,), 1)
        yield from _disk_metrics()
        yield up


def _row_metrics() -> Iterator[Metric]:
    for collect in ROW_COLLECTORS:
        yield from collect()


def _queue_metrics() -> Iterator[Metric]:
    waiting = queues.lengths(settings.QUEUES)
    yield gauge("queue_length", "Tasks in a queue that no worker has received yet.", "queue", waiting)


def _worker_metrics() -> Iterator[Metric]:
    active = {
        queue: sum(age <= TIMEOUT_SECONDS for age in ages)
        for queue, ages in heartbeat_ages(settings.QUEUES).items()
    }
    description = f"Workers of a queue with a heartbeat within {TIMEOUT_SECONDS:.0f} seconds."
    yield gauge("queue_workers", description, "queue", active)
    photos, tasks, milliseconds = counters.read(counters.PHOTOS, counters.TASKS, counters.TASK_MILLISECONDS)
    for stage in PHOTO_STAGES:
        description = f"Photos {stage} by workers since the cache was last empty."
        yield CounterMetricFamily(f"trombine_photos_{stage}", description, value=photos.get(stage, 0))
    description = "Finished tasks by final state, and their duration."
    summary = SummaryMetricFamily("trombine_task_duration_seconds", description, labels=("task", "state"))
    for name, count in sorted(tasks.items()):
        task, _, state = name.partition(" ")
        summary.add_metric((task, state), count, milliseconds.get(name, 0) / 1000)
    yield summary


def _disk_metrics() -> Iterator[Metric]:
    try:
        usage = shutil.disk_usage(settings.MEDIA_ROOT)
    except OSError:
        return
    for name, size in (("free", usage.free), ("size", usage.total)):
        description = f"{name.capitalize()} bytes of the media folder's disk, if the folder is local."
        yield GaugeMetricFamily(f"trombine_storage_{name}_bytes", description, value=size)
