"""XMP files beside pictures, as darktable, digiKam, Lightroom, Immich and others write them."""

import math
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from albums.imaging.capture import Capture, CaptureSource, capture_of_text
from albums.imaging.capture_sources import XMP_TIMES
from albums.imaging.keywords import keywords_of, rating_of
from albums.imaging.metadata import xmp_description
from albums.imaging.xmp import xmp_of_bytes, xmp_values

_EXIF = "{http://ns.adobe.com/exif/1.0/}"
# Degrees, minutes and perhaps seconds, with the direction: "45,45.6N" and "45,45,36N"; or decimal degrees.
_COORDINATE = re.compile(
    r"\s*(?P<degrees>\d+(?:\.\d+)?)(?:,(?P<minutes>\d+(?:\.\d+)?))?(?:,(?P<seconds>\d+(?:\.\d+)?))?"
    r"(?P<side>[NSEW])\s*"
)
_DECIMAL = re.compile(r"\s*-?\d+(\.\d+)?\s*")


@dataclass(frozen=True, slots=True)
class XmpSidecar:
    """The values of an XMP file; others are empty. rating: "1" to "5". position: degrees."""

    captured: Capture | None = None
    position: tuple[float, float] | None = None
    description: str = ""
    keywords: tuple[str, ...] = ()
    rating: str = ""


def xmp_sidecar_of(content: bytes) -> XmpSidecar | None:
    """Return the values of an XMP file, or None for one that is damaged or no XMP."""
    root = xmp_of_bytes(content)
    if root is None:
        return None
    times = (capture_of_text(text, CaptureSource.SIDECAR) for text in xmp_values(root, XMP_TIMES))
    return XmpSidecar(
        captured=next(filter(None, times), None),
        position=_position(root),
        description=xmp_description(root),
        keywords=keywords_of(root, {}),
        rating=rating_of(root, {}),
    )


def _position(root: Element) -> tuple[float, float] | None:
    latitude = _degrees(xmp_values(root, [f"{_EXIF}GPSLatitude"]), 90)
    longitude = _degrees(xmp_values(root, [f"{_EXIF}GPSLongitude"]), 180)
    if latitude is None or longitude is None or (latitude, longitude) == (0.0, 0.0):
        return None
    return latitude, longitude


def _degrees(texts: list[str], most: int) -> float | None:
    for text in texts:
        if _DECIMAL.fullmatch(text):
            degrees = float(text)
        elif found := _COORDINATE.fullmatch(text):
            parts = [float(found[name] or 0) for name in ("degrees", "minutes", "seconds")]
            degrees = sum(part / 60**place for place, part in enumerate(parts))
            degrees = -degrees if found["side"] in "SW" else degrees
        else:
            continue
        if math.isfinite(degrees) and abs(degrees) <= most:
            return degrees
    return None
