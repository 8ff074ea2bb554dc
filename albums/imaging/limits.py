"""Limits of a picture, checked in its header before it is decoded."""

from dataclasses import dataclass
from typing import BinaryIO

from PIL import ExifTags, Image, TiffImagePlugin

from albums.exceptions import ImageRefused, RefusalCode
from albums.imaging.memory import MEMORY_FOR_ONE_PICTURE
from albums.imaging.orientation import orientation_of
from albums.imaging.structure.webp import WEBP_HEAD_BYTES, webp_size

# Decoders that hold several copies of the whole picture: peak bytes a pixel, as measured, and some for alpha.
_GREEDY_FORMATS = {"WEBP": 16, "AVIF": 12, "HEIF": 10}
_TURNED_TIFF_BYTES = 9
# Of Pillow's own picture. A lack of memory for anything else of a TIFF has an error of its own.
_PIXEL_BYTES = 4

MOST_SIDE = 65_535
"""Pixels of a side: JPEG's own limit. Decoders hold something for each row, however short it is: a picture of
1 x 200,000,000 pixels takes 2.4 GB for renditions, and 5.3 GB at full size."""

# Real progressive JPEGs have about ten scans. Each costs a pass over the whole picture for a few bytes, all
# in one call that no time limit can end.
MOST_SCANS = 100
_START_OF_SCAN = b"\xff\xda"
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest accepted picture: `max_pixels` in its header, `max_bytes` of the file."""

    max_pixels: int = 200_000_000
    max_bytes: int = 512 * 2**20


DEFAULT_LIMITS = Limits()


def check_limits(picture: Image.Image, file: BinaryIO, limits: Limits) -> None:
    """Raise ImageRefused for an opened picture that is too large, too slow, or a raw file's preview."""
    _check_pixels(picture.size, picture.format or "", _bytes_a_pixel(picture), limits)
    if isinstance(picture, TiffImagePlugin.TiffImageFile) and _is_raw(picture):
        raise ImageRefused(RefusalCode.UNSUPPORTED, "The file is: camera raw.", {"what": "raw"})
    if picture.info.get("progressive") and _scans(file) > MOST_SCANS:
        raise ImageRefused(RefusalCode.BROKEN, f"The picture is stored in more than {MOST_SCANS} scans.")


def _is_raw(picture: TiffImagePlugin.TiffImageFile) -> bool:
    """Return True for DNG, NEF and ARW: TIFF whose first picture is a thumbnail."""
    tags = picture.tag_v2
    return ExifTags.Base.DNGVersion in tags or (
        ExifTags.Base.SubIFDs in tags and tags.get(ExifTags.Base.NewSubfileType) == 1
    )


def _scans(file: BinaryIO) -> int:
    """Count the scans of a JPEG; inside a scan these two bytes do not occur."""
    position = file.tell()
    file.seek(0)
    count, last = 0, b""
    while chunk := file.read(_CHUNK):
        # The last byte of the chunk before, for a marker that lies across.
        count += (last + chunk).count(_START_OF_SCAN)
        last = chunk[-1:]
    file.seek(position)
    return count


def bytes_to_open(file: BinaryIO, limits: Limits) -> int:
    """Return how many bytes the opening of a file takes: of a WebP as many as its decoding.

    Raises ImageRefused for a WebP that is too large. The file ends at its beginning.
    """
    file.seek(0)
    size = webp_size(file.read(WEBP_HEAD_BYTES))
    file.seek(0)
    if size is None:
        return 0
    _check_pixels(size, "WEBP", _GREEDY_FORMATS["WEBP"], limits)
    return size[0] * size[1] * _GREEDY_FORMATS["WEBP"]


def bytes_needed(picture: Image.Image) -> int:
    """Return at most how many bytes the decoding of a picture takes."""
    greedy = _GREEDY_FORMATS.get(picture.format or "")
    return picture.width * picture.height * (greedy or _bytes_a_pixel(picture) + _PIXEL_BYTES)


def _check_pixels(size: tuple[int, int], name: str, bytes_a_pixel: int, limits: Limits) -> None:
    width, height = size
    if max(size) > MOST_SIDE:
        raise ImageRefused(
            RefusalCode.TOO_MANY_PIXELS,
            f"The picture says it has {width} x {height} pixels; the limit of a side is {MOST_SIDE:,}.",
            {"what": "side", "size": max(size), "most": MOST_SIDE},
        )
    pixels = width * height
    allowed = limits.max_pixels
    kind = ""
    if bytes_a_pixel and MEMORY_FOR_ONE_PICTURE // bytes_a_pixel < allowed:
        allowed = MEMORY_FOR_ONE_PICTURE // bytes_a_pixel
        kind = f" for {name}"
    if pixels > allowed:
        raise ImageRefused(
            RefusalCode.TOO_MANY_PIXELS,
            f"The picture says it has {width} x {height} pixels, "
            f"{pixels / 1e6:,.0f} megapixels; the limit{kind} is {allowed / 1e6:,.0f}.",
            {"size": round(pixels / 1e6), "most": round(allowed / 1e6)},
        )


def _bytes_a_pixel(picture: Image.Image) -> int:
    if picture.format in {"JPEG", "MPO"} and picture.info.get("progressive"):
        return 2 * len(picture.getbands())  # the coefficients of all of it stay until the last scan
    if picture.format == "TIFF" and orientation_of(picture) != 1:
        return _TURNED_TIFF_BYTES
    return _GREEDY_FORMATS.get(picture.format or "", 0)
