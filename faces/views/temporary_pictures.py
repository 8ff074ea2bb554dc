"""Pictures that are never stored: the page holds a small copy and sends it back with the selected face."""

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from albums.imaging.copies import decoded_size, jpeg_copy
from albums.services.core.isolation import isolated
from albums.services.core.limits import image_limits
from faces.picture_faces import portrait_in_file
from faces.vision.pipeline import PORTRAIT_SIDE
from faces.vision.types import Box

# Long side of the copy. Two of them stay far below what Django takes in a form.
SIDE = 1024


@dataclass(frozen=True, slots=True)
class TemporaryPicture:
    """An upright JPEG with its size in pixels."""

    content: bytes
    width: int
    height: int

    @property
    def encoded(self) -> str:
        """The content in base64, for a hidden field."""
        return base64.b64encode(self.content).decode("ascii")

    @property
    def url(self) -> str:
        """A data URL of the content."""
        return f"data:image/jpeg;base64,{self.encoded}"


def temporary_picture(file: Any, copy: bytes = b"") -> TemporaryPicture:
    """Return a copy of an uploaded file; without one, the page's copy as it is. Raises ImageRefused."""
    limits = image_limits()
    if not file:
        width, height = isolated(decoded_size, files=[BytesIO(copy)], max_side=SIDE, limits=limits)
        return TemporaryPicture(copy, width, height)
    jpeg = isolated(jpeg_copy, files=[file], max_side=SIDE, limits=limits)
    return TemporaryPicture(jpeg.data, jpeg.width, jpeg.height)


def camera_page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    """Render a page that may use the camera."""
    response = render(request, template, context, status=status)
    response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    return response


def temporary_portrait(picture: TemporaryPicture, box: Box, *, side: int = PORTRAIT_SIDE) -> TemporaryPicture:
    """Return the square around a face of a temporary picture. box: relative (0..1) to the picture."""
    jpeg = isolated(
        portrait_in_file,
        box,
        files=[BytesIO(picture.content)],
        max_side=SIDE,
        side=side,
        limits=image_limits(),
    )
    return TemporaryPicture(jpeg.data, jpeg.width, jpeg.height)
