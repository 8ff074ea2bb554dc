"""Decode files to upright arrays; every failure of a decoder becomes a refusal."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from albums.exceptions import ImageRefused, RefusalCode
from albums.imaging.code_points import code_points_of, profile_of
from albums.imaging.completeness import header_too_large, pixels_missing
from albums.imaging.damage import jpeg_loaded_without_end, png_without_damaged_extras
from albums.imaging.decoder_errors import (
    CONVERSION_ERRORS,
    DECODER_ERRORS,
    decoder_refusal,
    unidentified_refusal,
)
from albums.imaging.limits import (
    DEFAULT_LIMITS,
    Limits,
    bytes_needed,
    bytes_to_open,
    check_limits,
)
from albums.imaging.memory import memory_limited
from albums.imaging.metadata import Metadata, metadata_of
from albums.imaging.orientation import orientation_of, orientation_turned, upright
from albums.imaging.pixels import small_srgb

# Pillow's own name of a format -> MIME type and extension. MPO is how phones write JPEG with a depth map.
FORMATS = {
    "JPEG": ("image/jpeg", "jpg"),
    "MPO": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
    "GIF": ("image/gif", "gif"),
    "TIFF": ("image/tiff", "tif"),
    "BMP": ("image/bmp", "bmp"),
    "DIB": ("image/bmp", "bmp"),
    "HEIF": ("image/heic", "heic"),
    "AVIF": ("image/avif", "avif"),
}
_OPENERS = tuple(name for name in FORMATS if name != "MPO")  # MPO is opened as JPEG and then finds out

# A JPEG decoder scales by 2, 4 or 8 for nearly nothing. When that lands this near below the wanted side, the
# picture is taken so: 2000 pixels in place of 2048 cost a third of the time without a visible difference.
NEAR_ENOUGH = 15 / 16

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
# Pillow warns from here on and refuses from twice as much: a second wall behind our own limit.
Image.MAX_IMAGE_PIXELS = 500_000_000
# Pillow knows it of the other byte order only. `pixels` turns the values.
TiffImagePlugin.OPEN_INFO[(TiffImagePlugin.MM, 0, (1,), 1, (16,), ())] = ("I;16B", "I;16B")


Side = int | Callable[[int, int], int] | None
"""The most pixels of the long side, or a function that returns them for a width and a height; None: any."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The header of a picture. `width` and `height` are of the upright picture.

    `frames` is 1 for formats whose header does not count them (GIF, TIFF).
    """

    format: str
    mime_type: str
    extension: str
    width: int
    height: int
    frames: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture.

    `pixels` is uint8 (H, W, 3), RGB, upright; `width` and `height` are the upright picture's at full size.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    metadata: Metadata = field(default_factory=Metadata)


def decode(
    source: Path | BinaryIO, *, max_side: Side = None, limits: Limits = DEFAULT_LIMITS, turns: int = 0
) -> NDArray[np.uint8]:
    """Decode to uint8 (H, W, 3), RGB, upright, the long side at most `max_side` pixels (None: full size).

    A function gets the size in the header, which may lie on its side. turns: quarter turns clockwise, on top
    of the orientation in the file.

    A smaller picture is never enlarged. Raises ImageRefused; OSError when the file itself cannot be read.
    """
    return read(source, max_side=max_side, limits=limits, turns=turns).pixels


def read(
    source: Path | BinaryIO,
    *,
    max_side: Side = None,
    limits: Limits = DEFAULT_LIMITS,
    turns: int = 0,
    zone: tzinfo = UTC,
) -> Picture:
    """Decode once, with everything that only a whole reading tells. Raises as `decode` does.

    zone: of the clock where the file tells UTC alone. turns: as for `decode`.
    """
    with _opened(source, limits) as (picture, file):
        full, needed = picture.size, bytes_needed(picture)
        side = max_side(*full) if callable(max_side) else max_side
        if side and picture.format in {"JPEG", "MPO"}:
            _draft(picture, side)
        drafted = picture.size
        _load(picture, needed, max_side=side)
        # Only now: PNG may carry its EXIF after the pixels, and TIFF and HEIF turn themselves while loading.
        orientation = orientation_turned(orientation_of(picture), turns)
        metadata = metadata_of(picture, file, zone=zone)
        if picture.size != drafted:  # the loader found another size than in the header
            full = picture.size
        _describe_colours(picture, file)
        try:
            pixels = upright(np.asarray(small_srgb(picture, max_side=side)), orientation)
        except CONVERSION_ERRORS as error:
            raise decoder_refusal(error) from error
        width, height = _upright(full, orientation)
        return Picture(pixels, width, height, metadata)


def probe(source: Path | BinaryIO, *, limits: Limits = DEFAULT_LIMITS) -> Probe:
    """Read the header only, and refuse what is no picture or breaks a limit. Raises as `decode` does."""
    with _opened(source, limits) as (picture, _file):
        name = picture.format or ""
        mime_type, extension = FORMATS[name]
        # Pillow has turned the size of a TIFF already; and it decodes a whole PNG to look for its EXIF, when
        # none stands before the pixels.
        settled = name == "TIFF" or (name == "PNG" and "exif" not in picture.info)
        width, height = _upright(picture.size, 1 if settled else orientation_of(picture))
        frames = 1 if name in {"GIF", "TIFF"} else getattr(picture, "n_frames", 1)
        return Probe(name, mime_type, extension, width, height, frames)


def probe_is_simple(file: BinaryIO) -> bool:
    """Return True if `probe` looks at a file with Python code alone: no library of its format opens it."""
    file.seek(0)
    head = file.read(12)
    file.seek(0)
    # The libraries of WebP, HEIF and AVIF take the whole file.
    return head[:4] != b"RIFF" and head[4:8] != b"ftyp"


def read_metadata(
    source: Path | BinaryIO, *, limits: Limits = DEFAULT_LIMITS, zone: tzinfo = UTC
) -> Metadata:
    """Read the metadata without the picture, as `read` does. Raises as `decode` does."""
    with _opened(source, limits) as (picture, file):
        # For a PNG alone it means decoding: its metadata may stand behind the pixels.
        if picture.format == "PNG":
            _load(picture, bytes_needed(picture))
        return metadata_of(picture, file, zone=zone)


def _describe_colours(picture: Image.Image, file: BinaryIO) -> None:
    """Give a picture that names its colours by code points alone the profile of these."""
    points = code_points_of(picture, file)
    profile = profile_of(points) if points else None
    if profile and not picture.info.get("icc_profile"):
        picture.info["icc_profile"] = profile


def _upright(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return (size[1], size[0]) if orientation >= 5 else size


def _draft(picture: Image.Image, max_side: int) -> None:
    """Have the JPEG decoder scale down as far as the requested side allows."""
    width, height = picture.size
    for scale in (8, 4, 2):
        if -(-max(width, height) // scale) >= max_side * NEAR_ENOUGH:
            picture.draft(None, (max(1, width // scale), max(1, height // scale)))
            return


def _load(picture: Image.Image, needed: int, *, max_side: int | None = None) -> None:
    """Decode an opened picture, which takes `needed` bytes.

    Raises ImageRefused, and OSError when the file itself cannot be read.
    """
    file = getattr(picture, "fp", None)
    if header_too_large(picture, file):
        raise ImageRefused(
            RefusalCode.BROKEN, "The picture says it is much larger than what the file holds of it."
        )
    try:
        picture.load()
    except DECODER_ERRORS as error:
        refusal = decoder_refusal(error, needed=needed)
        cut = isinstance(refusal, ImageRefused) and refusal.code == RefusalCode.TRUNCATED
        if not (cut and picture.format == "JPEG" and file is not None):
            raise refusal from error
        try:
            loaded = jpeg_loaded_without_end(picture, file)
        except DECODER_ERRORS as second:
            raise decoder_refusal(second, needed=needed) from second
        if not loaded:
            raise refusal from error
    else:
        _check_complete(picture, file, max_side)


def _check_complete(picture: Image.Image, file: BinaryIO | None, max_side: int | None) -> None:
    """Raise ImageRefused for a loaded picture of whose pixels the file holds a part only."""

    def reopened(changed: BinaryIO) -> Image.Image:
        other = _open(changed)
        if max_side:
            _draft(other, max_side)
        other.load()
        return other

    try:
        missing = file is not None and pixels_missing(picture, file, reopened)
    except DECODER_ERRORS as error:
        raise decoder_refusal(error) from error
    if missing:
        raise ImageRefused(RefusalCode.TRUNCATED, "The header says more pixels than the file holds.")


@contextlib.contextmanager
def _opened(source: Path | BinaryIO, limits: Limits) -> Iterator[tuple[Image.Image, BinaryIO]]:
    """The identified picture within its limits, and its file; no picture, or one beyond, is refused."""
    with contextlib.ExitStack() as stack:
        file: BinaryIO = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
        size = file.seek(0, 2)
        file.seek(0)
        if size == 0:
            raise ImageRefused(RefusalCode.EMPTY, "The file is empty.")
        if size > limits.max_bytes:
            raise ImageRefused(
                RefusalCode.TOO_LARGE,
                f"The file has {size:,} bytes; the limit is {limits.max_bytes:,}.",
                {"size": round(size / 2**20), "most": round(limits.max_bytes / 2**20)},
            )
        # Pillow warns of corrupt EXIF and the like; the picture is judged by what it decodes to.
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        # A second wall, behind the limits of what stands in the header.
        stack.enter_context(memory_limited())
        needed = bytes_to_open(file, limits)
        try:
            picture = stack.enter_context(_open(file))
        except UnidentifiedImageError as error:
            raise unidentified_refusal(file) from error
        except DECODER_ERRORS as error:
            raise decoder_refusal(error, needed=needed) from error
        check_limits(picture, file, limits)
        try:
            yield picture, file
        except MemoryError as error:
            raise decoder_refusal(error) from error


def _open(file: BinaryIO) -> Image.Image:
    try:
        return Image.open(file, formats=_OPENERS)
    except UnidentifiedImageError:
        mended = png_without_damaged_extras(file)
        if mended is None:
            raise
        return Image.open(mended, formats=_OPENERS)
