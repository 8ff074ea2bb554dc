"""Open the originals of photos."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from albums.exceptions import ImageRefused, RefusalCode
from albums.models import Image


@contextmanager
def original_file(image: Image) -> Iterator[BinaryIO]:
    """Open the original of an image. Raises ImageRefused when it is missing, OSError from the storage."""
    try:
        with image.original.open("rb") as original:
            yield cast("BinaryIO", original.file)
    except FileNotFoundError as error:
        detail = "The original is no longer in the storage; import it again."
        raise ImageRefused(RefusalCode.MISSING, detail) from error
