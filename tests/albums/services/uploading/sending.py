"""Helpers that announce a file for a resumable upload."""

import hashlib

from django.contrib.auth.models import User

from albums.models import Album, Upload
from albums.services.uploading.resumable_uploads import UploadStep, upload_begin


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def begin(owner: User, data: bytes, name: str = "photo.jpg", album: Album | None = None) -> UploadStep:
    return upload_begin(owner=owner, name=name, size=len(data), sha256=digest(data), album=album)


def begun(owner: User, data: bytes, name: str = "photo.jpg", album: Album | None = None) -> Upload:
    upload = begin(owner, data, name, album).upload
    assert upload is not None
    return upload
