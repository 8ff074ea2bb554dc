"""Convert any colour mode of a decoded picture to 8-bit sRGB, optionally smaller."""

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import ExifTags, Image, ImageCms, TiffImagePlugin

# A picture far above the requested size is flattened and shrunk in bands, so that a 200-megapixel one never
# stands in memory twice.
BAND_ROWS = 256
# Real profiles are below a megabyte; a larger one is not worth its time.
LARGEST_PROFILE = 4 * 2**20
# TIFF 6.0, PhotometricInterpretation.
_MIN_IS_WHITE = 0
_NUMERIC_MODES = frozenset({"I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
_PROFILE_SPACES = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY", "LAB": "Lab"}


class Levels(NamedTuple):
    """Values of a picture with more than 8 bits that become black and white."""

    black: float
    white: float


def small_srgb(picture: Image.Image, *, max_side: int | None) -> Image.Image:
    """The picture as mode RGB in sRGB, alpha over white, its long side at most `max_side` pixels."""
    profile = picture.info.get("icc_profile")
    factor = max(picture.size) // (2 * max_side) if max_side else 0
    flat = _reduced_in_bands(picture, factor) if factor > 1 else _flat(picture, _levels(picture))
    if max_side and max(flat.size) > max_side:
        flat = flat.resize(fitted(flat.size, max_side), Image.Resampling.HAMMING, reducing_gap=2.0)
    return _to_srgb(flat, profile if isinstance(profile, bytes) else None)


def fitted(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    """`size` (width, height) scaled so that the long side is `max_side`; no side becomes 0."""
    scale = max_side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _reduced_in_bands(picture: Image.Image, factor: int) -> Image.Image:
    levels = _levels(picture)
    rows = BAND_ROWS // factor * factor or factor
    bands = ((top // factor, _flat(band, levels).reduce(factor)) for top, band in _bands(picture, rows))
    _, first = next(bands)
    reduced = Image.new(first.mode, (-(-picture.width // factor), -(-picture.height // factor)))
    reduced.paste(first, (0, 0))
    for top, band in bands:
        reduced.paste(band, (0, top))
    return reduced


def _bands(picture: Image.Image, rows: int) -> Iterator[tuple[int, Image.Image]]:
    for top in range(0, picture.height, rows):
        yield top, picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def _flat(picture: Image.Image, levels: Levels | None) -> Image.Image:
    """Convert to mode L, RGB, CMYK or LAB: no palette, no alpha, 8 bits."""
    if levels is not None:
        values = np.nan_to_num(np.asarray(picture, dtype=np.float32), nan=levels.black)
        scaled = (values - levels.black) * (255.0 / (levels.white - levels.black))
        return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("LA").convert("RGBA") if picture.mode == "La" else picture.convert("RGBA")
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        return white
    if picture.mode in {"L", "RGB", "CMYK", "LAB"}:
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _levels(picture: Image.Image) -> Levels | None:
    """Black and white of a numeric mode; None for all others, which are 8-bit."""
    if picture.mode not in _NUMERIC_MODES:
        return None
    levels = _range(picture)
    # Pillow turns a TIFF of up to 8 bits whose zero is white, but none of more.
    return Levels(levels.white, levels.black) if _min_is_white(picture) else levels


def _min_is_white(picture: Image.Image) -> bool:
    if not isinstance(picture, TiffImagePlugin.TiffImageFile):
        return False
    return picture.tag_v2.get(ExifTags.Base.PhotometricInterpretation) == _MIN_IS_WHITE


def _range(picture: Image.Image) -> Levels:
    """The lowest and the highest value of a numeric mode."""
    if picture.mode.startswith("I;16"):
        return Levels(0.0, 65535.0)
    lowest, highest = np.inf, -np.inf
    for _, band in _bands(picture, BAND_ROWS):
        values = np.asarray(band, dtype=np.float32)
        finite = values[np.isfinite(values)]
        if finite.size:
            lowest, highest = min(lowest, float(finite.min())), max(highest, float(finite.max()))
    if not lowest <= highest:
        return Levels(0.0, 1.0)
    # Known ranges are not stretched, so that a dark picture stays dark; any other (heights, counts) is.
    for white in (1.0, 255.0) if picture.mode == "F" else (255.0, 65535.0):
        if lowest >= 0 and highest <= white:
            return Levels(0.0, white)
    return Levels(lowest, highest if highest > lowest else lowest + 1.0)


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    transform = None
    if picture.mode == "LAB" or (profile is not None and len(profile) <= LARGEST_PROFILE):
        transform = _transform(profile, picture.mode)
    if transform is not None:
        converted = ImageCms.applyTransform(picture, transform)
        if converted is not None:
            return converted
    return picture if picture.mode == "RGB" else picture.convert("RGB")


@lru_cache(maxsize=16)
def _transform(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return the transform from a profile to sRGB; None if it is not needed or not usable.

    Cached because all the photos of one camera carry the same profile.
    """
    try:
        srgb = ImageCms.createProfile("sRGB")
        if profile is None or mode == "LAB":
            source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        else:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if source.profile.xcolor_space.strip() != _PROFILE_SPACES[mode]:
                return None
            if "srgb" in ImageCms.getProfileDescription(source).lower():
                return None
        return ImageCms.buildTransform(source, srgb, mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
