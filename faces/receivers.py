"""What happens to faces when something happens to photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete

from albums.services import progress
from albums.signals import images_ready
from faces.models import Face
from faces.services.progress import people_grouped, photos_looked_at, scans_failed
from faces.tasks import enqueue_scans


def connect() -> None:
    """Called once, when the app is ready."""
    images_ready.connect(look_for_faces, dispatch_uid="faces.look_for_faces")
    post_delete.connect(forget_crop, sender=Face, dispatch_uid="faces.forget_crop")
    progress.register(photos_looked_at)
    progress.register(people_grouped)
    progress.register_failures(scans_failed)


def look_for_faces(*, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """Photos that were just read are looked at for faces."""
    enqueue_scans(image_ids)


def forget_crop(*, instance: Face, **_kwargs: Any) -> None:
    """A face that is gone, by itself or with its photo, takes its picture along once that is certain."""
    if instance.crop:
        storage, name = instance.crop.storage, str(instance.crop.name)
        transaction.on_commit(lambda: storage.delete(name))
