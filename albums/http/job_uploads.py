"""Uploaded files as inputs of jobs."""

from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile

from albums import imaging
from albums.services.core.limits import image_limits
from albums.services.jobs.jobs import JobUpload


def picture_upload(file: "UploadedFile[Any]") -> JobUpload:
    """Return an uploaded picture as it was sent, after checking its header. Raises ImageRefused."""
    header = imaging.probe(cast("BinaryIO", file), limits=image_limits())
    file.seek(0)
    return JobUpload(file.read(), header.mime_type)
