"""Metadata of a picture: camera, exposure, position and description.

Invalid metadata is frequent and never an error: implausible values are left out.
"""

import contextlib
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from PIL import ExifTags, Image

from albums.imaging.capture import Capture
from albums.imaging.capture_sources import capture_of_picture, iptc_of
from albums.imaging.keywords import keywords_of, rating_of
from albums.imaging.orientation import EXIF_ERRORS, browser_turns_otherwise
from albums.imaging.xmp import xmp_of

LONGEST_DESCRIPTION = 5_000
LONGEST_NAME = 100
# What cameras write into every picture; it says nothing of this one.
_EMPTY_PHRASES = re.compile(
    r"((\w+ ){0,2}digital camera|(sony )?dsc|dcim\S*|exif[_ ]jpeg[_ ]\S+|oppo_\d+|default|untitled|samsung"
    r"|camera|jpeg|image|img|photo|cof|dig|rhdr|hdr|sdr|_+|\d)",
    re.IGNORECASE,
)
_MAKER_WORDS = re.compile(
    r"[\s,]*\b(corporation|corp|company|co|ltd|inc|optical|imaging|electric|electronics|technologies|techwin|"
    r"camera|computer|photo film|gmbh|ag|communications|mobile)\b[.,]*",
    re.IGNORECASE,
)
_XMP_DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
_XMP_ITEM = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_IPTC_CAPTION = (2, 120)
_XP_TITLE, _XP_COMMENT = 0x9C9B, 0x9C9C


@dataclass(frozen=True, slots=True)
class Metadata:
    """The plausible values of a picture's metadata; others are empty.

    `facts`: lens, aperture ("f/2.8"), exposure ("1/250 s"), iso, focal_length ("50 mm") and rating ("4" of 5
    stars), as text by name.
    `latitude`, `longitude`: degrees, -90..90 and -180..180; both or neither. `captured`: when it was taken.
    `turned_otherwise`: see `browser_turns_otherwise`. `keywords`: each once.
    """

    description: str = ""
    camera: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    latitude: float | None = None
    longitude: float | None = None
    captured: Capture | None = None
    turned_otherwise: bool = False
    keywords: tuple[str, ...] = ()


def metadata_of(picture: Image.Image, file: BinaryIO | None = None, *, zone: tzinfo = UTC) -> Metadata:
    """Read the metadata of a picture that was opened; of a PNG all of it only once it was loaded.

    file: its file, in which a PNG's time of change is looked up. zone: of the clock where only UTC is known.
    """
    tags, position = _exif(picture)
    latitude, longitude = _position(position)
    xmp = xmp_of(picture)
    facts = {**_exposure(tags), "rating": rating_of(xmp, tags)}
    return Metadata(
        description=_description(picture, tags, xmp),
        camera=_camera(_text(tags.get(ExifTags.Base.Make)), _text(tags.get(ExifTags.Base.Model))),
        facts={name: value for name, value in facts.items() if value},
        keywords=keywords_of(xmp, iptc_of(picture)),
        latitude=latitude,
        longitude=longitude,
        turned_otherwise=browser_turns_otherwise(picture),
        captured=capture_of_picture(picture, tags, position, xmp, file=file, zone=zone),
    )


def _exif(picture: Image.Image) -> tuple[dict[int, Any], dict[int, Any]]:
    """The tags of the picture, and those of its position."""
    tags: dict[int, Any] = {}
    position: dict[int, Any] = {}
    try:
        exif = picture.getexif()
        tags = dict(exif)
        tags = {**exif.get_ifd(ExifTags.IFD.Exif), **tags}
        position = dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except EXIF_ERRORS:
        pass  # with what came before the damage
    return tags, position


def clean_text(text: str, longest: int) -> str:
    """Remove control characters and repeated spaces and cut to `longest`; line breaks stay."""
    plain = "".join(
        letter if letter == "\n" or unicodedata.category(letter)[0] != "C" else " "
        for letter in text[: 4 * longest].replace("\r\n", "\n").replace("\r", "\n")
    )
    lines = [" ".join(line.split()) for line in plain.split("\n")]
    return "\n".join(lines).strip()[:longest].rstrip()


def _text(value: object, *, longest: int = LONGEST_NAME) -> str:
    """A tag's text; Pillow gives what it took for Latin-1, which is often UTF-8."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str):
        return ""
    value = value.partition("\0")[0]
    with contextlib.suppress(UnicodeError):  # it was Latin-1, or had been read rightly
        value = value.encode("latin-1").decode("utf-8")
    return clean_text(value, longest)


def _description(picture: Image.Image, tags: Mapping[int, Any], xmp: Element | None) -> str:
    """Return the description by a person, from the first place that has one.

    EXIF before XMP before IPTC, as the Metadata Working Group's guidelines have it.
    """
    written = (
        _text(tags.get(ExifTags.Base.ImageDescription), longest=LONGEST_DESCRIPTION),
        xmp_description(xmp),
        _iptc_caption(picture),
        _windows_text(tags.get(_XP_TITLE)),
        _windows_text(tags.get(_XP_COMMENT)),
    )
    # Some devices write their own names there.
    devices = {_text(tags.get(tag)).casefold() for tag in (ExifTags.Base.Make, ExifTags.Base.Model)}
    return next(
        (
            text
            for text in written
            if text and not _EMPTY_PHRASES.fullmatch(text) and text.casefold() not in devices
        ),
        "",
    )


def xmp_description(root: Element | None) -> str:
    """Return the description in XMP, in the default language if there are several, or empty."""
    if root is None:
        return ""
    for found in root.iter(_XMP_DESCRIPTION):
        items = list(found.iter(_XMP_ITEM))
        default = [item for item in items if item.get(_XML_LANGUAGE) == "x-default"]
        for item in (*default, *items, found):
            text = clean_text(item.text or "", LONGEST_DESCRIPTION)
            if text:
                return text
    return ""


def _iptc_caption(picture: Image.Image) -> str:
    caption = iptc_of(picture).get(_IPTC_CAPTION)
    if isinstance(caption, list):
        caption = caption[0] if caption else b""
    return _text(caption, longest=LONGEST_DESCRIPTION)


def _windows_text(value: object) -> str:
    """UTF-16 in bytes, as Windows writes titles and comments."""
    if isinstance(value, tuple) and all(isinstance(one, int) and 0 <= one < 256 for one in value):
        value = bytes(value)
    if not isinstance(value, bytes):
        return ""
    text = value.decode("utf-16-le", errors="ignore").partition("\0")[0]
    return clean_text(text, LONGEST_DESCRIPTION)


def _camera(make: str, model: str) -> str:
    """Return make and model without repetition: "NIKON CORPORATION", "NIKON D90" is "NIKON D90"."""
    make, model = " ".join(make.split()), " ".join(model.split())
    short = " ".join(_MAKER_WORDS.sub(" ", make).split()).strip(" ,.") or make
    words = {word.casefold() for word in short.split()}
    if not model:
        return short
    if not short or model.split()[0].casefold() in words or model.casefold().startswith(short.casefold()):
        return model
    return f"{short} {model}"


def _exposure(tags: Mapping[int, Any]) -> dict[str, str]:
    aperture = _number(tags.get(ExifTags.Base.FNumber))
    seconds = _number(tags.get(ExifTags.Base.ExposureTime))
    length = _number(tags.get(ExifTags.Base.FocalLength))
    iso = tags.get(ExifTags.Base.ISOSpeedRatings)
    sensitivity = _number(iso[0] if isinstance(iso, tuple) and iso else iso)
    # 65535 stands for "more than fits".
    known = sensitivity is not None and 1 <= sensitivity < 10_000_000 and sensitivity != 65535
    return {
        "lens": _text(tags.get(ExifTags.Base.LensModel)),
        "aperture": f"f/{aperture:.3g}" if aperture and 0.3 <= aperture <= 512 else "",
        "exposure": _seconds(seconds) if seconds and 1e-6 <= seconds <= 100_000 else "",
        "iso": f"{sensitivity:.0f}" if sensitivity is not None and known else "",
        "focal_length": f"{length:.3g} mm" if length and 0.5 <= length < 1000 else "",
    }


def _seconds(seconds: float) -> str:
    # From a third on, cameras show "0.3" and not "1/3".
    return f"1/{1 / seconds:.0f} s" if seconds < 0.3 else f"{seconds:.6g} s"


def _number(value: object) -> float | None:
    """A finite number; Pillow's rationals are none when they are divided by zero."""
    if isinstance(value, bytes | str | tuple | bool) or value is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number raises
    except EXIF_ERRORS:
        return None
    return number if math.isfinite(number) else None


def _position(tags: Mapping[int, Any]) -> tuple[float | None, float | None]:
    """Latitude and longitude in degrees; none where there was no fix, which cameras write as 0, 0."""
    latitude = _degrees(tags.get(ExifTags.GPS.GPSLatitude), tags.get(ExifTags.GPS.GPSLatitudeRef), "NS", 90)
    longitude = _degrees(
        tags.get(ExifTags.GPS.GPSLongitude), tags.get(ExifTags.GPS.GPSLongitudeRef), "EW", 180
    )
    void = _text(tags.get(ExifTags.GPS.GPSStatus)).upper() == "V"
    if latitude is None or longitude is None or void or (latitude == 0 and longitude == 0):
        return None, None
    return latitude, longitude


def _degrees(value: object, reference: object, legal: str, most: int) -> float | None:
    sign = _text(reference).upper()[:1]
    parts = value if isinstance(value, tuple) else (value,)
    if not sign or sign not in legal or not 1 <= len(parts) <= 3:
        return None
    numbers = [_number(part) for part in parts]
    if numbers[0] is None or any(part is not None and part < 0 for part in numbers):
        return None
    # Seconds that are 0/0 are written where minutes have all the decimals.
    degrees: float = sum((part or 0) / 60**place for place, part in enumerate(numbers))
    if degrees > most:
        return None
    return -degrees if sign == legal[1] else degrees
