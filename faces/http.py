"""Responses that pages, the administration and the API share."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

from albums.http.media import A_YEAR, file_response
from faces.models import Face

RECENT_SECONDS = 300


def crop_response(request: HttpRequest, face: Face, *, stored: bool = True) -> HttpResponseBase:
    """Return the square picture of a face. Raises Http404 if it is not in the storage.

    stored: by the browser, which never requests it again if its address names its version (`v`). Otherwise it
    shows what it has, and after some minutes requests the present picture for the next time.
    """
    named = stored and request.GET.get("v") == face.crop_version
    response = file_response(
        request,
        face.crop,
        content_type="image/jpeg",
        name=f"face-{face.pk}.jpg",
        etag=f"face-{face.pk}-{face.crop_version}",
        immutable=named,
    )
    if stored and not named:
        del response.headers["Cache-Control"]
        patch_cache_control(response, private=True, max_age=RECENT_SECONDS, stale_while_revalidate=A_YEAR)
    return response
