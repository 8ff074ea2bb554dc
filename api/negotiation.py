"""In which media types an operation answers: JSON, and where it gives a file, that of the file."""

from __future__ import annotations

from functools import cache
from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer

ANY_FILE = "application/octet-stream"
"""A file of whatever kind: who asks for this, and for nothing more exact, is told no more of it."""
ANY_PICTURE = "image/*"
JSON = "application/json"
PROBLEM = "application/problem+json"


class ProblemRenderer(JSONRenderer):
    """For programs that name the media type of a problem, too, or alone."""

    media_type = PROBLEM
    format = "json"


def renderers_of(media: str) -> list[BaseRenderer]:
    """What answers an operation that gives this. A problem is JSON whatever was asked for."""
    # What an original is nobody knows beforehand, but that it is a picture.
    files = () if media == JSON else (ANY_PICTURE if media == ANY_FILE else media, ANY_FILE)
    return [*map(_file, files), JSONRenderer(), ProblemRenderer()]


@cache
def _file(media: str) -> BaseRenderer:
    """Keeps nothing of a request, and so is made once."""
    kind: Any = type("FileRenderer", (JSONRenderer,), {"media_type": media, "format": "json"})
    made: BaseRenderer = kind()
    return made
