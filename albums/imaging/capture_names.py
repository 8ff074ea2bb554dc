"""The time that the name of a file tells, as phones and messengers write it: a guess."""

import re
from datetime import UTC, datetime, tzinfo
from pathlib import PurePosixPath

from albums.imaging.capture import Capture, CaptureSource, capture_of_moment, capture_of_parts

# Eight digits in a row are a date only from here on; scans with dates have them separated.
EARLIEST_COMPACT = 1900

# IMG-20190524-WA0001, Screenshot_2021-03-04-12-30-00, signal-2021-03-04-123000, WIN_20210304_12_30_00_Pro,
# WhatsApp Image 2021-03-04 at 12.30.00, Screenshot 2021-03-04 at 9.30.00 PM
_DATED = re.compile(
    r"(?<!\d)(?P<year>\d{4})(?P<separator>[-_.]?)(?P<month>\d{2})(?P=separator)(?P<day>\d{2})"
    r"(?:(?:[-_ T]*|(?:\s+[^\W\d]{1,5}\.?){1,2}\s+)"
    r"(?P<hour>\d{1,2})(?P<between>[-_.:]?)(?P<minute>\d{2})(?P=between)(?P<second>\d{2})"
    r"(?:[-_.]?(?P<fraction>\d{3}))?(?!\d)(?:\s?(?P<half>[AP])M\b)?)?"
)
# Milliseconds since 1970, in UTC.
_MILLISECONDS = re.compile(r"(?:FB_IMG_|mmexport)?(\d{13})(?!\d)", re.IGNORECASE)
# Names of phones whose clock in names is UTC.
_IN_UTC = re.compile(r"PXL_", re.IGNORECASE)
# A digest or an identifier has digits that look like a date now and then.
_IDENTIFIER = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{24,}", re.IGNORECASE)


def capture_of_name(name: str, *, zone: tzinfo) -> Capture | None:
    """Return the time in the name of a file, or None. zone: of clocks where the name tells UTC."""
    stem = PurePosixPath(name).stem
    if _IDENTIFIER.search(stem):
        return None
    milliseconds = _MILLISECONDS.fullmatch(stem)
    if milliseconds:
        moment = datetime.fromtimestamp(int(milliseconds[1]) / 1000, tz=UTC)
        return capture_of_moment(moment, CaptureSource.FILE_NAME, zone)
    found = (_of_match(match) for match in _DATED.finditer(stem))
    guess = next((one for one in found if one is not None), None)
    if guess is not None and guess.has_time and _IN_UTC.match(stem):
        return capture_of_moment(guess.clock.replace(tzinfo=UTC), CaptureSource.FILE_NAME, zone)
    return guess


def _of_match(found: re.Match[str]) -> Capture | None:
    if not found["separator"] and int(found["year"]) < EARLIEST_COMPACT:
        return None
    date = (found["year"], found["month"], found["day"])
    timed = None
    if found["hour"] and (found["between"] or len(found["hour"]) == 2):
        timed = capture_of_parts(
            date,
            (str(_hour(int(found["hour"]), found["half"])), found["minute"], found["second"]),
            CaptureSource.FILE_NAME,
            microsecond=1000 * int(found["fraction"] or 0),
        )
    elif not found["hour"] and found.string[found.end() : found.end() + 1].isdigit():
        return None  # a longer number
    return timed or capture_of_parts(date, None, CaptureSource.FILE_NAME)


def _hour(hour: int, half: str | None) -> int:
    return hour if half is None or hour > 12 else hour % 12 + (12 if half == "P" else 0)
