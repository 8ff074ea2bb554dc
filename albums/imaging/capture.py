"""Orientation and capture time from EXIF. Invalid EXIF is frequent and never an error."""

import re
import struct
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from PIL import ExifTags, Image

# The oldest photograph that survives; cameras whose clock was never set say year 0 or 1601.
EARLIEST_YEAR = 1826
LONGEST_UTC_OFFSET = timedelta(hours=14)

# In order of trust, each with its fraction of a second and its offset from UTC. The last, DateTime, is when
# the file was changed: better than nothing.
_DATE_TAGS = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.SubsecTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.SubsecTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
    (ExifTags.Base.DateTime, ExifTags.Base.SubsecTime, ExifTags.Base.OffsetTime),
)
_DATE = re.compile(r"\s*(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?")
_OFFSET = re.compile(r"\s*(?:(Z)|([+-])(\d{1,2}):?(\d{2}))")

# What Pillow raises for EXIF that is cut short or refers to itself.
EXIF_ERRORS = (
    OSError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, ArithmeticError,
    struct.error,
)  # fmt: skip

TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation_of(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 when there is none or it is not a legal value.

    Formats that turn the picture themselves (TIFF in Pillow, HEIF in pillow-heif) take the tag away when they
    do, so that this is always what is left to turn.
    """
    try:
        value = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except EXIF_ERRORS:
        return 1
    return value if isinstance(value, int) and value in TRANSPOSES else 1


def capture_time_of(picture: Image.Image, *, zone: tzinfo | None = None) -> datetime | None:
    """Return the aware time at which the picture was taken; None without a plausible date in EXIF.

    Without an offset in EXIF the time is read in `zone`, by default the machine's.
    """
    try:
        exif = picture.getexif()
        tags = {**exif.get_ifd(ExifTags.IFD.Exif), **dict(exif)}
    except EXIF_ERRORS:
        return None
    for date_tag, fraction_tag, offset_tag in _DATE_TAGS:
        moment = _moment(
            _text(tags.get(date_tag)), _text(tags.get(fraction_tag)), _text(tags.get(offset_tag)), zone=zone
        )
        if moment is not None:
            return moment
    return None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", errors="replace")
    return value if isinstance(value, str) else ""


def _moment(date: str, fraction: str, offset: str, *, zone: tzinfo | None) -> datetime | None:
    found = _DATE.match(date)
    if found is None:
        return None
    digits = re.match(r"\s*(\d{1,6})", fraction)
    microsecond = int(digits[1].ljust(6, "0")) if digits else 0
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        moment = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)
        if year < EARLIEST_YEAR:
            return None
        known = _offset(offset) or zone
        moment = moment.replace(tzinfo=known) if known else moment.replace(tzinfo=None).astimezone()
        # A day of grace: the clock of a camera may be set to another zone.
        return moment if moment <= datetime.now(UTC) + timedelta(days=1) else None
    except (ValueError, OverflowError):
        return None


def _offset(text: str) -> tzinfo | None:
    found = _OFFSET.match(text)
    if found is None:
        return None
    if found[1]:
        return UTC
    offset = timedelta(hours=int(found[3]), minutes=int(found[4]))
    if offset > LONGEST_UTC_OFFSET:
        return None
    return timezone(-offset if found[2] == "-" else offset)
