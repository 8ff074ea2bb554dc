"""Smaller copies of pictures in files, as JPEG, made in one step, which a child process can run."""

from typing import BinaryIO

from albums.imaging.decoding import decode
from albums.imaging.encoding import Encoded, encode_jpeg
from albums.imaging.limits import Limits


def jpeg_copy(file: BinaryIO, *, max_side: int, limits: Limits) -> Encoded:
    """Return a JPEG of a picture, its long side at most `max_side`. Raises ImageRefused."""
    return encode_jpeg(decode(file, max_side=max_side, limits=limits), max_side=max_side)


def decoded_size(file: BinaryIO, *, max_side: int, limits: Limits) -> tuple[int, int]:
    """Decode a picture as `decode` does, and return its width and height. Raises ImageRefused."""
    height, width = decode(file, max_side=max_side, limits=limits).shape[:2]
    return width, height
