"""Errors of decoders for bad files, and the refusals that replace them."""

import errno
import struct
import zlib
from typing import BinaryIO

from PIL import Image, TiffImagePlugin

from albums.exceptions import ImageRefused, RefusalCode
from albums.imaging.memory import memory_left
from albums.imaging.sniffing import unidentified_reason

# Everything that Pillow and pillow-heif raise for bad files. An exception that is not here is a defect, and
# is to be seen as one.
DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, RuntimeError, EOFError, TypeError, AttributeError, AssertionError,
    LookupError, ArithmeticError, BufferError, MemoryError, struct.error, zlib.error,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
# What converting a decoded picture may raise: an odd mode, or no memory.
CONVERSION_ERRORS = (ValueError, OSError, MemoryError)
# Errors of the disk or the network are no fault of the picture: raised as they are, to be tried again.
_STORAGE_ERRNOS = frozenset(
    {errno.EIO, errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EMFILE, errno.ENFILE,
     errno.ESTALE, errno.ETIMEDOUT, errno.ECONNRESET, errno.ECONNREFUSED, errno.ENOTCONN,
     errno.EHOSTUNREACH, errno.ENETUNREACH}
)  # fmt: skip

# Of Pillow, of libtiff's pictures in Pillow by the number, of libheif and of libavif.
_MEMORY_TEXTS = ("out of memory", "decoder error -9", "memory allocation")


def unidentified_refusal(file: BinaryIO) -> ImageRefused:
    """Return the refusal of a file that no decoder recognised."""
    file.seek(0)
    head = file.read(4096)
    if head[:4] in {b"II*\0", b"MM\0*"} and _unknown_tiff(file):
        return ImageRefused(RefusalCode.UNSUPPORTED, "The file is: a kind of TIFF.", {"what": "picture"})
    file.seek(max(0, file.seek(0, 2) - 64))
    return unidentified_reason(head, tail=file.read())


def _unknown_tiff(file: BinaryIO) -> bool:
    """Return True for a TIFF that is whole, but stores its pixels in a way that is not read."""
    file.seek(0)
    try:
        TiffImagePlugin.TiffImageFile(file)
    except SyntaxError as error:
        return str(error) == "unknown pixel mode"
    except DECODER_ERRORS:
        pass
    return False


def decoder_refusal(error: BaseException, *, needed: int = 0) -> BaseException:
    """Return the exception that replaces a decoder's error.

    needed: bytes that the decoding takes. libjpeg, libtiff, libwebp and libavif report an allocation that
    fails as they report damage: where there is less memory than that, it counts as the cause.
    """
    if isinstance(error, OSError) and error.errno in _STORAGE_ERRNOS:
        return error
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return ImageRefused(
            RefusalCode.TOO_MANY_PIXELS, "The picture says it has more pixels than the limit."
        )
    if str(error).lower().startswith("unsupported feature"):  # of libheif
        return ImageRefused(RefusalCode.UNSUPPORTED, "The file is: a HEIF picture.", {"what": "picture"})
    if (
        isinstance(error, EOFError)
        or "truncated" in str(error).lower()
        or "end of file" in str(error).lower()
    ):
        return ImageRefused(RefusalCode.TRUNCATED, "The file ends too early; part of the picture is missing.")
    if _names_memory(error) or needed > memory_left():
        return ImageRefused(RefusalCode.TOO_MANY_PIXELS, "The picture needs more memory than there is.")
    return ImageRefused(RefusalCode.BROKEN, "The file is damaged and cannot be decoded.")


def _names_memory(error: BaseException) -> bool:
    """Return True for the error of an allocation: of Python, Pillow, libheif or libavif."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    text = str(error).lower()
    return any(name in text for name in _MEMORY_TEXTS)
