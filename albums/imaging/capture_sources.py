"""The time of a picture from EXIF, XMP, IPTC, the texts of a PNG or GPS. Bad data is never an error."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

from albums.imaging.capture import Capture, CaptureSource, capture_of_moment, capture_of_text
from albums.imaging.orientation import EXIF_ERRORS
from albums.imaging.structure.parts import png_chunk
from albums.imaging.xmp import xmp_values

# In order of trust, each with its fraction of a second and its offset from UTC.
_EXIF_TAGS = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.SubsecTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.SubsecTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
)
# When the file was changed: better than nothing.
_EXIF_CHANGED = ((ExifTags.Base.DateTime, ExifTags.Base.SubsecTime, ExifTags.Base.OffsetTime),)
XMP_TIMES = (
    "{http://ns.adobe.com/exif/1.0/}DateTimeOriginal",
    "{http://ns.adobe.com/photoshop/1.0/}DateCreated",
    "{http://ns.adobe.com/exif/1.0/}DateTimeDigitized",
    "{http://ns.adobe.com/xap/1.0/}CreateDate",
)
# The date and the time of an IPTC record: when the content was created, and when it was digitized.
_IPTC_TAGS = (((2, 55), (2, 60)), ((2, 62), (2, 63)))
_PNG_KEYS = frozenset({"creation time", "creationtime", "create time", "exif:datetimeoriginal"})


def capture_of_picture(
    picture: Image.Image,
    tags: Mapping[int, Any],
    gps: Mapping[int, Any],
    xmp: Element | None,
    *,
    file: BinaryIO | None,
    zone: tzinfo,
) -> Capture | None:
    """Return the time from the first source that has a plausible one.

    picture: opened, and for a PNG loaded. tags, gps: of its EXIF. file: of a PNG. zone: of clocks where only
    UTC is known.
    """
    sources = (
        _exif(tags, _EXIF_TAGS),
        _texts(xmp_values(xmp, XMP_TIMES), CaptureSource.XMP),
        _iptc(picture),
        _png(picture, file, zone),
        _gps(gps, zone),
        _exif(tags, _EXIF_CHANGED),
    )
    return next((found for source in sources for found in source if found is not None), None)


def _exif(tags: Mapping[int, Any], names: Iterable[tuple[int, int, int]]) -> Iterator[Capture | None]:
    for date, fraction, offset in names:
        yield capture_of_text(
            _text(tags.get(date)),
            CaptureSource.EXIF,
            fraction=_text(tags.get(fraction)),
            offset=_text(tags.get(offset)),
        )


def _texts(texts: Iterable[str], source: CaptureSource) -> Iterator[Capture | None]:
    return (capture_of_text(text, source) for text in texts)


def _iptc(picture: Image.Image) -> Iterator[Capture | None]:
    entries = iptc_of(picture)
    for date, time in _IPTC_TAGS:
        text = _text(entries.get(date))
        yield capture_of_text(f"{text} {_text(entries.get(time))}", CaptureSource.IPTC) or capture_of_text(
            text, CaptureSource.IPTC
        )


def iptc_of(picture: Image.Image) -> Mapping[tuple[int, int], Any]:
    """Return the IPTC entries of a picture: bytes, or a list of bytes for what is repeated."""
    if not isinstance(picture, ImageFile.ImageFile):
        return {}
    try:
        return IptcImagePlugin.getiptcinfo(picture) or {}
    except EXIF_ERRORS:
        return {}


def _png(picture: Image.Image, file: BinaryIO | None, zone: tzinfo) -> Iterator[Capture | None]:
    if picture.format != "PNG":
        return
    texts = [str(text) for key, text in picture.info.items() if str(key).casefold() in _PNG_KEYS]
    yield from _texts(texts, CaptureSource.PNG)
    moment = _png_changed(file) if file else None
    yield capture_of_moment(moment, CaptureSource.PNG, zone) if moment else None


def _png_changed(file: BinaryIO) -> datetime | None:
    """The time of the chunk tIME, in UTC, which Pillow does not read."""
    content = png_chunk(file, b"tIME", 7)
    if content is None:
        return None
    year, month, day, hour, minute, second = struct.unpack(">HBBBBB", content)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _gps(tags: Mapping[int, Any], zone: tzinfo) -> Iterator[Capture | None]:
    date = capture_of_text(_text(tags.get(ExifTags.GPS.GPSDateStamp)), CaptureSource.GPS)
    if date is None:
        return
    try:
        hour, minute, second = map(float, tags[ExifTags.GPS.GPSTimeStamp])
        moment = date.clock.replace(tzinfo=UTC) + timedelta(hours=hour, minutes=minute, seconds=second)
        yield capture_of_moment(moment, CaptureSource.GPS, zone) if 0 <= hour <= 24 else None
    except EXIF_ERRORS:
        yield date


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        value = value.decode("ascii", errors="replace")
    return value.partition("\0")[0] if isinstance(value, str) else ""
