"""What happens to faces when something happens to photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _

from albums.services import data_export, erasing, progress, storage_use
from albums.services.erasing import Eraser
from albums.services.storage_use import Kind
from albums.signals import images_ready
from faces.models import Change, Face, FaceEmbedding, FaceScan, Person, StagedFace, Verdict
from faces.services.consent import recognition_set
from faces.services.data_export import faces_files
from faces.services.erasure import LABELS, owner_faces_erase
from faces.services.progress import people_stage, photos_stage
from faces.tasks import enqueue_scans


def connect() -> None:
    """Called once, when the app is ready."""
    images_ready.connect(look_for_faces, dispatch_uid="faces.look_for_faces")
    post_delete.connect(forget_crop, sender=Face, dispatch_uid="faces.forget_crop")
    progress.register(photos_stage)
    progress.register(people_stage)
    data_export.register(faces_files)
    erasing.register(Eraser(prepare=_nobody_looks_any_more, erase=owner_faces_erase, labels=LABELS))
    storage_use.register(
        kinds=[Kind(_("Pictures of faces"), "faces")],
        models=[Face, FaceEmbedding, FaceScan, Person, Verdict, Change, StagedFace],
    )


def _nobody_looks_any_more(owner: User) -> None:
    recognition_set(owner=owner, enabled=False)


def look_for_faces(*, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """Photos that were just read are looked at for faces."""
    enqueue_scans(image_ids)


def forget_crop(*, instance: Face, **_kwargs: Any) -> None:
    """A face that is gone, by itself or with its photo, takes its picture along once that is certain."""
    if instance.crop:
        storage, name = instance.crop.storage, str(instance.crop.name)
        transaction.on_commit(lambda: storage.delete(name))
