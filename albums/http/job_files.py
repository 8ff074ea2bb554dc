"""Files of jobs: uploaded ones as inputs, and responses with any of them."""

from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from albums.http.media import file_response
from albums.models import JobFile
from albums.services.core.isolation import picture_probe
from albums.services.core.limits import studio_limits
from albums.services.jobs.jobs import JobUpload


def picture_upload(file: "UploadedFile[Any]") -> JobUpload:
    """Return an uploaded picture as it was sent, after checking its header. Raises ImageRefused."""
    header = picture_probe(cast("BinaryIO", file), limits=studio_limits())
    file.seek(0)
    return JobUpload(file.read(), header.mime_type)


def job_file_response(request: HttpRequest, file: JobFile) -> HttpResponseBase:
    """Respond with a file of a job, or with a range of it. It can never act as a page of this site."""
    return file_response(
        request,
        file.file,
        content_type=file.content_type,
        name=file.name,
        etag=file.sha256,
        immutable=False,
    )
