"""Deletes uploads without activity, and what is left of them."""

import uuid
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from albums.models import EndedUpload, Upload
from albums.services.uploading.partial_files import leftovers
from albums.services.uploading.selected_files import selected_sweep

_LEFTOVERS_AFTER = timedelta(days=1)
_ENDED_FOR = timedelta(days=1)


def uploads_sweep() -> int:
    """Delete uploads without activity, and files that belong to none; returns the number of uploads."""
    deadline = timezone.now() - timedelta(days=settings.UPLOAD_DAYS)
    deleted = 0
    for upload_id in list(Upload.objects.filter(changed_at__lt=deadline).values_list("pk", flat=True)):
        with transaction.atomic():
            # Checked again under the lock: a piece may have arrived in between.
            rows = Upload.objects.select_for_update(skip_locked=True)
            for upload in rows.filter(pk=upload_id, changed_at__lt=deadline):
                upload.delete()
                deleted += 1
    selected_sweep()
    EndedUpload.objects.filter(ended_at__lt=timezone.now() - _ENDED_FOR).delete()
    for path in leftovers(before=timezone.now() - _LEFTOVERS_AFTER):
        if not upload_exists(path):
            path.unlink(missing_ok=True)
    return deleted


def upload_exists(path: Path) -> bool:
    """Return True for the partial file of an upload."""
    try:
        return Upload.objects.filter(pk=uuid.UUID(path.stem)).exists()
    except ValueError:
        return False
