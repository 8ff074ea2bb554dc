"""What happens to faces when something happens to photos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete

from albums.signals import images_binned, images_erasing, images_ready, images_restored
from faces.models import Change, Face, Person, StagedFace
from faces.services.erasing.bin import faces_bin, faces_erase, faces_unbin
from faces.services.grouping.run import owner_is_stale
from faces.services.people.person_albums import (
    changed_albums_fill,
    together_forget,
)
from faces.tasks import enqueue_clustering, enqueue_scans


def connect() -> None:
    """Called once, when the app is ready."""
    images_ready.connect(look_for_faces, dispatch_uid="faces.look_for_faces")
    images_binned.connect(hide_faces, dispatch_uid="faces.hide_faces")
    images_restored.connect(show_faces, dispatch_uid="faces.show_faces")
    images_erasing.connect(forget_faces, dispatch_uid="faces.forget_faces")
    post_delete.connect(forget_crop, sender=Face, dispatch_uid="faces.forget_crop")
    post_delete.connect(forget_crop, sender=StagedFace, dispatch_uid="faces.forget_staged_crop")
    post_save.connect(follow_change, sender=Change, dispatch_uid="faces.follow_change")
    pre_delete.connect(forget_together, sender=Person, dispatch_uid="faces.forget_together")


def look_for_faces(*, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """Photos that were just read are looked at for faces."""
    enqueue_scans(image_ids)


def hide_faces(*, owner_id: int, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """The faces of photos that are thrown away are nowhere to be seen from the same moment on."""
    faces_bin(owner_id=owner_id, image_ids=image_ids)


def show_faces(*, owner_id: int, image_ids: Sequence[int], since: datetime, **_kwargs: Any) -> None:
    """Faces come back with their photos; what was left undone in the meantime is done now."""
    faces_unbin(owner_id=owner_id, image_ids=image_ids, since=since)
    transaction.on_commit(partial(_take_up, owner_id, list(image_ids)), robust=True)


def forget_faces(*, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """Nothing is kept of the faces in photos that are erased."""
    faces_erase(image_ids=image_ids)


def _take_up(owner_id: int, image_ids: Sequence[int]) -> None:
    enqueue_scans(image_ids)
    if owner_is_stale(owner_id):
        enqueue_clustering(owner_id)


def forget_crop(*, instance: Face | StagedFace, **_kwargs: Any) -> None:
    """A face that is gone, by itself or with its photo, takes its picture along once that is certain."""
    if instance.crop:
        storage, name = instance.crop.storage, str(instance.crop.name)
        transaction.on_commit(lambda: storage.delete(name))


def follow_change(*, instance: Change, **_kwargs: Any) -> None:
    """What was said of people, grouped or undone shows at once in the albums that follow them.

    Somebody may see such an album at any moment: a photo that is said not to be of this person must go.
    """
    transaction.on_commit(lambda: changed_albums_fill(instance))


def forget_together(*, instance: Person, **_kwargs: Any) -> None:
    """An album of two people together never becomes one of the other alone."""
    together_forget(instance)
