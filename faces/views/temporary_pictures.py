"""Pictures that are never stored: the page holds a small copy and sends it back with the selected face."""

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from albums import imaging
from albums.services.core.limits import image_limits

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


def temporary_picture(source: Any) -> TemporaryPicture:
    """Return a copy of an opened file. Raises ImageRefused."""
    pixels = imaging.decode(source, max_side=SIDE, limits=image_limits())
    made = imaging.encode_jpeg(pixels, max_side=SIDE)
    return TemporaryPicture(made.data, made.width, made.height)


def temporary_picture_again(content: bytes) -> TemporaryPicture:
    """Return the copy that the page sent back, byte for byte. Raises ImageRefused."""
    height, width = imaging.decode(BytesIO(content), max_side=SIDE, limits=image_limits()).shape[:2]
    return TemporaryPicture(content, width, height)
