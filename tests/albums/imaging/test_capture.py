"""albums.imaging.capture: when a picture was taken."""

import io
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from albums import imaging
from tests import drawing

PARIS = ZoneInfo("Europe/Paris")


def taken(file_format: str = "JPEG", **tags: str) -> datetime | None:
    data = drawing.encoded(file_format=file_format, exif=drawing.exif(None, **tags))
    return imaging.capture_time(io.BytesIO(data), zone=PARIS)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_the_time_of_the_original_is_read_in_every_format(file_format: str) -> None:
    assert taken(file_format, DateTimeOriginal="2021:07:04 12:34:56") == datetime(
        2021, 7, 4, 12, 34, 56, tzinfo=PARIS
    )


def test_offset_and_fraction_are_used_if_present() -> None:
    moment = taken(
        DateTimeOriginal="2021:07:04 12:34:56", OffsetTimeOriginal="-03:30", SubsecTimeOriginal="25"
    )
    zone = timezone(-timedelta(hours=3, minutes=30))
    assert moment == datetime(2021, 7, 4, 12, 34, 56, 250_000, tzinfo=zone)
    assert moment.utcoffset() == zone.utcoffset(None)


def test_without_a_time_zone_the_machine_time_zone_applies() -> None:
    data = drawing.encoded(exif=drawing.exif(DateTimeOriginal="2021:07:04 12:34:56"))
    moment = imaging.capture_time(io.BytesIO(data))
    assert moment is not None
    assert moment.tzinfo is not None
    assert moment.isoformat().startswith("2021-07-04T12:34:56")


def test_an_invalid_date_falls_back_to_the_next_tag() -> None:
    assert taken(
        DateTimeOriginal="0000:00:00 00:00:00",
        DateTimeDigitized="2020:01:02 03:04:05",
        DateTime="2022:01:01 00:00:00",
    ) == datetime(2020, 1, 2, 3, 4, 5, tzinfo=PARIS)
    assert taken(DateTime="2022:01:01 00:00:00") == datetime(2022, 1, 1, tzinfo=PARIS)


@pytest.mark.parametrize(
    "date",
    ["0000:00:00 00:00:00", "1601:01:01 00:00:00", "2021:13:45 99:99:99", "    :  :     :  :  ", "yesterday",
     "\0", "9999:12:31 23:59:59", "2500:01:01 00:00:00"],
)  # fmt: skip
def test_an_implausible_date_is_ignored(date: str) -> None:
    assert taken(DateTimeOriginal=date) is None


@pytest.mark.parametrize("offset", ["+99:00", "here", "+2"])
def test_an_implausible_offset_is_ignored(offset: str) -> None:
    moment = taken(DateTimeOriginal="2021:07:04 12:34:56", OffsetTimeOriginal=offset)
    assert moment == datetime(2021, 7, 4, 12, 34, 56, tzinfo=PARIS)


def test_a_picture_without_exif_has_no_time() -> None:
    assert imaging.capture_time(io.BytesIO(drawing.encoded(file_format="GIF"))) is None
