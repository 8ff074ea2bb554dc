"""In which media types an operation answers: JSON, and where it gives a file, that of the file."""

from __future__ import annotations

from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer

ANY_FILE = "application/octet-stream"
"""A file of whatever kind: who asks for this, and for nothing more exact, is told no more of it."""
JSON = "application/json"
PROBLEM = "application/problem+json"


class ProblemRenderer(JSONRenderer):
    """For programs that name the media type of a problem, too, or alone."""

    media_type = PROBLEM
    format = "json"


def renderers_of(media: str) -> list[BaseRenderer]:
    """What answers an operation that gives this. A problem is JSON whatever was asked for."""
    found = [] if media == JSON else [_file(one) for one in dict.fromkeys((media, ANY_FILE))]
    return [*found, JSONRenderer(), ProblemRenderer()]


def _file(media: str) -> BaseRenderer:
    kind: Any = type("FileRenderer", (JSONRenderer,), {"media_type": media, "format": "json"})
    made: BaseRenderer = kind()
    return made
