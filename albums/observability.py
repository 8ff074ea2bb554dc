"""Metrics of photos, albums, uploads and accounts."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from prometheus_client.core import Metric

from albums.exceptions import RefusalCode
from albums.models import Album, Image, Job, Upload
from albums.services.core.photo_counts import photo_counts
from albums.signals import images_ready
from config.observability import registry
from config.observability.metric_families import count_by, gauge, row_counts


def register() -> None:
    """Register the metrics of this app."""
    registry.register_row_collector(collect)
    registry.register_photo_counter("read", images_ready)


def collect() -> Iterator[Metric]:
    """Yield the metrics; each query uses an index or one sequential scan."""
    refused = count_by(Image.objects.refused(), "reason", known=map(str, RefusalCode))
    found = photo_counts(Image.objects.all())
    photos = {
        "ready": found.photos,
        "waiting": found.unread,
        "refused": found.refused,
        "binned": found.binned,
    }
    yield gauge("photos", "Photos by processing state.", "state", photos)
    yield gauge("photos_refused", "Files that could not be added, by reason.", "reason", refused)
    uploads = count_by(Upload.objects.all(), "state", known=Upload.State.values)
    yield gauge("uploads", "Uploaded files and zips by state.", "state", uploads)
    jobs = count_by(Job.objects.all(), "state", known=Job.State.values)
    yield gauge("studio_jobs", "Jobs of the studio by state.", "state", jobs)
    yield from row_counts({"albums": Album, "accounts": User})
