"""Media types of responses: JSON, or the type of a file."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from rest_framework.renderers import BaseRenderer, JSONRenderer

ANY_FILE = "application/octet-stream"
"""Any file: a client that accepts only this type gets no more specific one."""
ANY_PICTURE = "image/*"
JSON = "application/json"
PROBLEM = "application/problem+json"


def is_api(request: HttpRequest) -> bool:
    """Return whether a request is for the API, whatever the path of the server's public address."""
    return request.path_info.startswith("/api/")


def renderers_for(media: str) -> list[BaseRenderer]:
    """Return the renderers of a media type. Errors are JSON whatever the client accepts."""
    # The type of an original is not known in advance, but it is a picture.
    files = () if media == JSON else (ANY_PICTURE if media == ANY_FILE else media, ANY_FILE)
    return [*map(_renderer, files), JSONRenderer(), _renderer(PROBLEM)]


@cache
def _renderer(media: str) -> BaseRenderer:
    kind: Any = type("MediaTypeRenderer", (JSONRenderer,), {"media_type": media, "format": "json"})
    renderer: BaseRenderer = kind()
    return renderer
