"""Signal receivers: faces follow their photos, and smart albums follow changes of people."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete

from albums.models import Image
from albums.services.arranging.stacks import in_stacks, stacks_follow
from albums.signals import (
    data_erased,
    images_binned,
    images_erasing,
    images_ready,
    images_restored,
    images_turned,
)
from faces.attribute_tasks import enqueue_attributes
from faces.models import Change, Face, Person, StagedFace
from faces.services.detecting.turning import faces_turn
from faces.services.erasing.bin import faces_bin, faces_erase, faces_unbin
from faces.services.grouping.run import owner_is_stale
from faces.services.grouping.stored_neighbours import neighbours_forget
from faces.services.people.person_albums import changed_albums_fill, joint_albums_empty
from faces.services.reindexing.staging import staged_forget
from faces.signals import images_scanned
from faces.tasks import enqueue_clustering, enqueue_scans


def connect() -> None:
    """Connect the receivers, once, when the app is ready."""
    images_ready.connect(scan_images, dispatch_uid="faces.scan_images")
    images_scanned.connect(restack_scanned, dispatch_uid="faces.restack_scanned")
    images_scanned.connect(estimate_attributes, dispatch_uid="faces.estimate_attributes")
    post_save.connect(estimate_changed, sender=Change, dispatch_uid="faces.estimate_changed")
    images_binned.connect(bin_faces, dispatch_uid="faces.bin_faces")
    images_restored.connect(restore_faces, dispatch_uid="faces.restore_faces")
    images_turned.connect(turn_faces, dispatch_uid="faces.turn_faces")
    images_erasing.connect(erase_faces, dispatch_uid="faces.erase_faces")
    data_erased.connect(forget_neighbours, dispatch_uid="faces.forget_neighbours")
    post_delete.connect(delete_crop, sender=Face, dispatch_uid="faces.delete_crop")
    post_delete.connect(delete_crop, sender=StagedFace, dispatch_uid="faces.delete_staged_crop")
    post_save.connect(update_smart_albums, sender=Change, dispatch_uid="faces.update_smart_albums")
    pre_delete.connect(empty_joint_albums, sender=Person, dispatch_uid="faces.empty_joint_albums")


def scan_images(*, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """Scan photos that were just read."""
    enqueue_scans(image_ids)


def estimate_attributes(*, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """Estimate age and gender of the faces in photos that were just scanned, where that is switched on."""
    owners = Image.objects.filter(pk__in=image_ids).order_by("owner_id").values_list("owner_id", flat=True)
    enqueue_attributes(list(owners.distinct()))


def restack_scanned(*, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """Let the photo with the clearest faces come to the top of its stack."""
    for owner_id, ids in in_stacks(image_ids).items():
        with transaction.atomic():
            stacks_follow(owner_id=owner_id, image_ids=ids)


def estimate_changed(*, instance: Change, **_kwargs: Any) -> None:
    """Estimate age and gender of faces that a user drew, or that a reindex found, on commit."""
    if instance.kind in {Change.Kind.DRAW, Change.Kind.REINDEX}:
        transaction.on_commit(partial(enqueue_attributes, [instance.owner_id]), robust=True)


def bin_faces(*, owner_id: int, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """Hide the faces of photos that were moved to the bin."""
    faces_bin(owner_id=owner_id, image_ids=image_ids)


def restore_faces(*, owner_id: int, image_ids: Sequence[int], since: datetime, **_kwargs: Any) -> None:
    """Show the faces of restored photos, then scan and group what was left out meanwhile."""
    faces_unbin(owner_id=owner_id, image_ids=image_ids, since=since)
    transaction.on_commit(partial(_resume, owner_id, list(image_ids)), robust=True)


def turn_faces(*, image: Image, turns: int, **_kwargs: Any) -> None:
    """Turn the faces of a photo with it; scan it again if nothing is known about them."""
    if faces_turn(image=image, turns=turns):
        transaction.on_commit(partial(enqueue_scans, [image.pk]), robust=True)
    staged_forget(image=image)


def erase_faces(*, image_ids: Sequence[int], **_kwargs: Any) -> None:
    """Erase the faces of photos that are being erased."""
    faces_erase(image_ids=image_ids)


def _resume(owner_id: int, image_ids: Sequence[int]) -> None:
    enqueue_scans(image_ids)
    if owner_is_stale(owner_id):
        enqueue_clustering(owner_id)


def forget_neighbours(*, owner_id: int, **_kwargs: Any) -> None:
    """Delete the stored neighbours of an owner's faces when some of the faces are erased, on commit."""
    transaction.on_commit(partial(neighbours_forget, owner_id), robust=True)


def delete_crop(*, instance: Face | StagedFace, **_kwargs: Any) -> None:
    """Delete the picture of a deleted face, on commit."""
    if instance.crop:
        storage, name = instance.crop.storage, str(instance.crop.name)
        transaction.on_commit(lambda: storage.delete(name))


def update_smart_albums(*, instance: Change, **_kwargs: Any) -> None:
    """Update the smart albums of the people that a change concerned, on commit.

    Others may see such an album at any moment, and a photo that no longer shows the person must go.
    """
    transaction.on_commit(lambda: changed_albums_fill(instance))


def empty_joint_albums(*, instance: Person, **_kwargs: Any) -> None:
    """Before a person is deleted, empty the albums that showed them together with others."""
    joint_albums_empty(instance)
