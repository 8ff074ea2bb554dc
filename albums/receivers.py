"""Receivers that delete the files of deleted rows."""

from typing import Any

from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_delete

from albums.models import Image, JobFile, Rendition, Upload
from albums.services.uploading.partial_files import partial_path


def delete_original(instance: Image, **_kwargs: Any) -> None:
    """Delete the original of a deleted image, on commit."""
    _delete_on_commit(instance.original)


def delete_rendition(instance: Rendition, **_kwargs: Any) -> None:
    """Delete the file of a deleted rendition, on commit."""
    _delete_on_commit(instance.file)


def delete_partial(instance: Upload, **_kwargs: Any) -> None:
    """Delete the partial file of a deleted upload, on commit."""
    path = partial_path(instance.pk)
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def delete_job_file(instance: JobFile, **_kwargs: Any) -> None:
    """Delete the file of a deleted row of a job, on commit."""
    _delete_on_commit(instance.file)


def _delete_on_commit(file: FieldFile) -> None:
    name, storage = file.name, file.storage
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)


def connect_receivers() -> None:
    """Connect the receivers; called from `AppConfig.ready`."""
    post_delete.connect(delete_original, sender=Image, dispatch_uid="albums.delete_original")
    post_delete.connect(delete_rendition, sender=Rendition, dispatch_uid="albums.delete_rendition")
    post_delete.connect(delete_job_file, sender=JobFile, dispatch_uid="albums.delete_job_file")
    post_delete.connect(delete_partial, sender=Upload, dispatch_uid="albums.delete_partial")
