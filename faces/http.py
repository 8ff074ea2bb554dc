"""Responses that pages, the administration and the API share."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from albums.http.media import file_response
from faces.models import Face


def crop_response(request: HttpRequest, face: Face, *, immutable: bool = True) -> HttpResponseBase:
    """Return the square picture of a face. Raises Http404 if it is not in the storage."""
    return file_response(
        request,
        face.crop,
        content_type="image/jpeg",
        name=f"face-{face.pk}.jpg",
        etag=f"face-{face.pk}-{face.created_at.timestamp():.0f}",
        immutable=immutable,
    )
