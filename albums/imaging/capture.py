"""When a picture was taken: the clock where it was taken, with its offset from UTC where that is known."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from enum import StrEnum

# The oldest photograph that survives; cameras whose clock was never set say year 0 or 1601.
EARLIEST_YEAR = 1826
LONGEST_UTC_OFFSET = timedelta(hours=14)
# A date may lie so far in the future: the clock of a camera may be set to another zone.
GRACE = timedelta(days=1)

_TEXT = re.compile(
    r"\s*(?P<year>\d{4})(?:[:\-/.](?P<month>\d{1,2})[:\-/.](?P<day>\d{1,2})|(?P<figures>\d{4}))(?!\d)"
    r"(?:[T ]+(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?(?!\d))?"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_OFFSET = re.compile(r"\s*(?:(Z)|([+-])(\d{1,2}):?(\d{2}))")
# EXIF fills an unknown time with blanks between its colons.
_NO_TIME = re.compile(r"[\s:T\0]*(?:Z|[+-]\d{2}:?\d{2})?\s*")


class CaptureSource(StrEnum):
    """The origin of a photo's date, in order of trust. A file name is a guess; the owner overrules all."""

    EXIF = "exif"
    XMP = "xmp"
    IPTC = "iptc"
    PNG = "png"
    GPS = "gps"
    SIDECAR = "sidecar"
    FILE_NAME = "file_name"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Capture:
    """The time of a picture.

    clock: date and time without a zone, as clocks at the place showed it. offset: minutes east of UTC, None
    if unknown. has_time: False if only the date is known; `clock` is then midnight.
    """

    clock: datetime
    source: CaptureSource
    offset: int | None = None
    has_time: bool = True

    @property
    def offset_text(self) -> str:
        """The offset as in ISO 8601, such as -07:00, or empty."""
        if self.offset is None or not self.has_time:
            return ""
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02}:{minutes:02}"

    @property
    def text(self) -> str:
        """ISO 8601, as far as it is known: 2024-07-01T23:30:00-07:00, 2024-07-01T23:30:00 or 2024-07-01."""
        return self.clock.isoformat() + self.offset_text if self.has_time else self.clock.date().isoformat()


def capture_of_text(
    text: str, source: CaptureSource, *, offset: str = "", fraction: str = ""
) -> Capture | None:
    """Return the time that a text of EXIF, XMP, IPTC or PNG says, or None if it is no plausible date.

    As in 2021:07:04 12:34:56, 2021-07-04T12:34:56.25+02:00, 20210704 123456, a date alone, or an e-mail.
    offset, fraction: texts of their own, used where `text` has none.
    """
    found = _TEXT.match(text)
    if found is None:
        return _of_mail_date(text, source)
    compact = found["figures"]
    month_day = (compact[:2], compact[2:]) if compact else (found["month"], found["day"])
    date = (found["year"], *month_day)
    if found["hour"] is None:
        # Anything that is neither blank nor a time makes the whole text implausible.
        return capture_of_parts(date, None, source) if _NO_TIME.fullmatch(found["rest"]) else None
    digits = re.match(r"\s*(\d{1,6})", found["fraction"] or fraction)
    return capture_of_parts(
        date,
        (found["hour"], found["minute"], found["second"] or "0"),
        source,
        microsecond=int(digits[1].ljust(6, "0")) if digits else 0,
        offset=_offset(found["rest"]) if _OFFSET.match(found["rest"]) else _offset(offset),
    )


def capture_of_parts(
    date: tuple[str, ...],
    time: tuple[str, ...] | None,
    source: CaptureSource,
    *,
    microsecond: int = 0,
    offset: int | None = None,
) -> Capture | None:
    """Return the time of these figures, or None if it is not plausible. time: None for a date alone."""
    try:
        clock = datetime(*map(int, date))  # type: ignore[arg-type]  # noqa: DTZ001 - three, and a wall clock
        if time is not None:
            clock = _at(clock, *map(int, time), microsecond=microsecond)
        plausible = clock.year >= EARLIEST_YEAR and _utc(clock, offset) <= datetime.now(UTC) + GRACE
    except (ValueError, OverflowError):
        return None
    return Capture(clock, source, offset, has_time=time is not None) if plausible else None


def capture_of_moment(moment: datetime, source: CaptureSource, zone: tzinfo) -> Capture | None:
    """Return the time of a moment, given as UTC, by the clocks of a zone; None if it is not plausible."""
    try:
        local = moment.astimezone(zone)
    except (ValueError, OverflowError):
        return None
    offset = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    if local.year < EARLIEST_YEAR or moment > datetime.now(UTC) + GRACE:
        return None
    return Capture(local.replace(tzinfo=None), source, offset)


def _at(day: datetime, hour: int, minute: int, second: int, *, microsecond: int) -> datetime:
    """Return a time of a day: 24:00:00 is the next day's beginning, a leap second stays in its minute."""
    if (hour, minute, second) == (24, 0, 0):
        return day + timedelta(days=1)
    if second == 60:
        second, microsecond = 59, 999_999
    return day.replace(hour=hour, minute=minute, second=second, microsecond=microsecond)


def _utc(clock: datetime, offset: int | None) -> datetime:
    return clock.replace(tzinfo=UTC) - timedelta(minutes=offset or 0)


def _of_mail_date(text: str, source: CaptureSource) -> Capture | None:
    """The date of an e-mail, which PNG recommends for the time of creation."""
    try:
        moment = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, OverflowError):
        return None
    clock, zone = moment.replace(tzinfo=None), moment.utcoffset()
    date, time = (str(clock.year), str(clock.month), str(clock.day)), clock.strftime("%H %M %S").split()
    offset = None if zone is None or abs(zone) > LONGEST_UTC_OFFSET else round(zone.total_seconds() / 60)
    return capture_of_parts(date, tuple(time), source, offset=offset)


def _offset(text: str) -> int | None:
    """Return minutes east of UTC, or None."""
    found = _OFFSET.match(text)
    if found is None:
        return None
    if found[1]:
        return 0
    minutes = 60 * int(found[3]) + int(found[4])
    if timedelta(minutes=minutes) > LONGEST_UTC_OFFSET:
        return None
    return -minutes if found[2] == "-" else minutes
