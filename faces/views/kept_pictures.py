"""A picture that is not kept here: the page holds a small copy, which comes back when a face is chosen."""

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from albums import imaging
from albums.services.core.limits import image_limits

# Long side of the copy. Two of them stay far below what Django takes in a form.
KEPT_SIDE = 1024


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """An upright JPEG with its size in pixels."""

    content: bytes
    width: int
    height: int

    @property
    def encoded(self) -> str:
        """In base64, for a hidden field."""
        return base64.b64encode(self.content).decode("ascii")

    @property
    def url(self) -> str:
        """As an address that holds the picture itself."""
        return f"data:image/jpeg;base64,{self.encoded}"


def kept_copy(source: Any) -> KeptPicture:
    """Make the copy of an opened file. Raises ImageRefused."""
    pixels = imaging.decode(source, max_side=KEPT_SIDE, limits=image_limits())
    made = imaging.encode_jpeg(pixels, max_side=KEPT_SIDE)
    return KeptPicture(made.data, made.width, made.height)


def kept_again(content: bytes) -> KeptPicture:
    """The copy as it came back, to go once more as it is: no bit of it changes. Raises ImageRefused."""
    height, width = imaging.decode(BytesIO(content), max_side=KEPT_SIDE, limits=image_limits()).shape[:2]
    return KeptPicture(content, width, height)
