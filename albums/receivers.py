"""Reactions to events of this app."""

from typing import Any

from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_delete

from albums.models import Image, Rendition, Upload
from albums.services.uploading.partial_files import partial_path


def delete_original(instance: Image, **_kwargs: Any) -> None:
    """The original goes with its row, once that is certain."""
    _delete_on_commit(instance.original)


def delete_rendition(instance: Rendition, **_kwargs: Any) -> None:
    """The file of a rendition goes with its row, once that is certain."""
    _delete_on_commit(instance.file)


def delete_partial(instance: Upload, **_kwargs: Any) -> None:
    """What came in of a file goes with its row, once that is certain."""
    path = partial_path(instance.pk)
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def _delete_on_commit(file: FieldFile) -> None:
    name, storage = file.name, file.storage
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)


def connect_receivers() -> None:
    """Called from the app's `ready`."""
    post_delete.connect(delete_original, sender=Image, dispatch_uid="albums.delete_original")
    post_delete.connect(delete_rendition, sender=Rendition, dispatch_uid="albums.delete_rendition")
    post_delete.connect(delete_partial, sender=Upload, dispatch_uid="albums.delete_partial")
