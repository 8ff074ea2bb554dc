"""albums.imaging: when a picture was taken, from its file or from its name."""

import io
import struct
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import ExifTags, PngImagePlugin
from PIL import Image as Pillow

from albums import imaging
from albums.imaging import Capture, CaptureSource, capture_of_name
from tests import drawing

PARIS = ZoneInfo("Europe/Paris")
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" {0}>{1}</rdf:Description></rdf:RDF></x:xmpmeta>'
)


def taken(file_format: str = "JPEG", **tags: str) -> Capture | None:
    return of(drawing.encoded(file_format=file_format, exif=drawing.exif(None, **tags)))


def of(data: bytes) -> Capture | None:
    return imaging.read_metadata(io.BytesIO(data), zone=PARIS).captured


def text_of(captured: Capture | None) -> str:
    """The time with its source, or empty."""
    return f"{captured.text} {captured.source}" if captured else ""


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_the_time_of_the_original_is_read_in_every_format(file_format: str) -> None:
    assert text_of(taken(file_format, DateTimeOriginal="2021:07:04 12:34:56")) == "2021-07-04T12:34:56 exif"


def test_clock_and_offset_are_read() -> None:
    captured = taken(
        DateTimeOriginal="2024:07:01 23:30:00", OffsetTimeOriginal="-07:00", SubsecTimeOriginal="25"
    )
    assert captured == Capture(datetime.fromisoformat("2024-07-01T23:30:00.25"), CaptureSource.EXIF, -420)
    assert captured.text == "2024-07-01T23:30:00.250000-07:00"


def test_an_invalid_date_falls_back_to_the_next_tag() -> None:
    captured = taken(
        DateTimeOriginal="0000:00:00 00:00:00",
        DateTimeDigitized="2020:01:02 03:04:05",
        DateTime="2022:01:01 00:00:00",
    )
    assert text_of(captured) == "2020-01-02T03:04:05 exif"
    assert text_of(taken(DateTime="2022:01:01 00:00:00")) == "2022-01-01T00:00:00 exif"


@pytest.mark.parametrize(
    "date",
    ["0000:00:00 00:00:00", "1601:01:01 00:00:00", "2021:13:45 99:99:99", "2021:07:04 99:99:99",
     "    :  :     :  :  ", "yesterday", "\0", "9999:12:31 23:59:59", "2500:01:01 00:00:00",
     "2021-12", "201912"],
)  # fmt: skip
def test_an_implausible_date_is_ignored(date: str) -> None:
    assert taken(DateTimeOriginal=date) is None


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2021:07:04", "2021-07-04"),
        ("2021:07:04   :  :  ", "2021-07-04"),
        ("2021:07:04 23:59:60", "2021-07-04T23:59:59.999999"),
        ("2021:07:04 24:00:00", "2021-07-05T00:00:00"),
        ("2021-07-04T12:34:56.5+02:00", "2021-07-04T12:34:56.500000+02:00"),
        ("20210704 123456", "2021-07-04T12:34:56"),
        ("1839:08:19 12:00:00", "1839-08-19T12:00:00"),
    ],
)
def test_odd_dates_are_tolerated(date: str, expected: str) -> None:
    assert text_of(taken(DateTimeOriginal=date)) == f"{expected} exif"


@pytest.mark.parametrize("offset", ["+99:00", "here", "+2", ""])
def test_an_implausible_offset_is_ignored(offset: str) -> None:
    captured = taken(DateTimeOriginal="2021:07:04 12:34:56", OffsetTimeOriginal=offset)
    assert text_of(captured) == "2021-07-04T12:34:56 exif"


def test_a_picture_without_metadata_has_no_time() -> None:
    assert of(drawing.encoded(file_format="GIF")) is None


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "properties",
    [
        ('photoshop:DateCreated="1998-08-08T12:00:00" xmp:CreateDate="2010-01-01"', ""),
        ("", "<exif:DateTimeOriginal>1998-08-08T12:00:00</exif:DateTimeOriginal>"),
    ],
)
def test_xmp_is_read_next(file_format: str, properties: tuple[str, str]) -> None:
    packet = XMP.format(*properties).encode()
    options: dict[str, Any] = {"xmp": packet}
    if file_format == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", packet.decode())
        options = {"pnginfo": text}
    assert text_of(of(drawing.encoded(file_format=file_format, **options))) == "1998-08-08T12:00:00 xmp"


def iptc(entries: Mapping[int, bytes]) -> bytes:
    """The segment of a JPEG with these entries of its second record."""
    record = b"".join(
        b"\x1c\x02" + bytes([key]) + struct.pack(">H", len(it)) + it for key, it in entries.items()
    )
    record += b"\0" * (len(record) % 2)
    block = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record
    return b"\xff\xed" + struct.pack(">H", len(block) + 2) + block


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({55: b"19970707", 60: b"101112+0200"}, "1997-07-07T10:11:12+02:00"),
        ({55: b"19970707"}, "1997-07-07"),
        ({55: b"19970000", 62: b"19970708"}, "1997-07-08"),
    ],
)
def test_iptc_is_read_after_xmp(entries: Mapping[int, bytes], expected: str) -> None:
    plain = drawing.encoded()
    assert text_of(of(plain[:2] + iptc(entries) + plain[2:])) == f"{expected} iptc"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020:01:02 03:04:05", "2020-01-02T03:04:05"),
        ("Thu, 02 Jan 2020 03:04:05 +0100", "2020-01-02T03:04:05+01:00"),
        ("Thu Jan  2 03:04:05 2020", "2020-01-02T03:04:05"),
    ],
)
def test_the_texts_of_a_png_are_read(text: str, expected: str) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Creation Time", text)
    assert text_of(of(drawing.encoded(file_format="PNG", pnginfo=info))) == f"{expected} png"


def test_the_time_of_change_of_a_png_is_utc() -> None:
    content = struct.pack(">HBBBBB", 2020, 6, 30, 23, 4, 5)
    chunk = struct.pack(">I", 7) + b"tIME" + content + struct.pack(">I", zlib.crc32(b"tIME" + content))
    plain = drawing.encoded(file_format="PNG")
    end = plain.rindex(b"IEND") - 4
    assert text_of(of(plain[:end] + chunk + plain[end:])) == "2020-07-01T01:04:05+02:00 png"


@pytest.mark.parametrize(
    ("time", "expected"),
    [((23.0, 11.0, 12.0), "2016-06-07T01:11:12+02:00"), (None, "2016-06-06"), ((99.0, 0.0, 0.0), "")],
)
def test_the_date_of_the_position_is_utc(time: tuple[float, ...] | None, expected: str) -> None:
    exif = Pillow.Exif()
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSDateStamp] = "2016:06:06"
    if time:
        gps[ExifTags.GPS.GPSTimeStamp] = time
    assert text_of(of(drawing.encoded(exif=exif.tobytes()))) == (f"{expected} gps" if expected else "")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IMG-20190524-WA0001.jpg", "2019-05-24"),
        ("Screenshot_2021-03-04-12-30-00-123_com.app.png", "2021-03-04T12:30:00.123000"),
        ("Screenshot_20210304-123000_Browser.jpg", "2021-03-04T12:30:00"),
        ("PXL_20210304_233000123.MP.jpg", "2021-03-05T00:30:00.123000+01:00"),
        ("signal-2021-03-04-123000.jpg", "2021-03-04T12:30:00"),
        ("signal-2021-03-04-12-30-00-123.jpg", "2021-03-04T12:30:00.123000"),
        ("IMG_20210304_123000.jpg", "2021-03-04T12:30:00"),
        ("VID20210304123000~2.jpg", "2021-03-04T12:30:00"),
        ("WhatsApp Image 2021-03-04 at 12.30.00 (1).jpeg", "2021-03-04T12:30:00"),
        ("Screenshot 2021-03-04 at 9.30.00\N{NARROW NO-BREAK SPACE}PM.png", "2021-03-04T21:30:00"),
        ("Captura de pantalla 2021-03-04 a las 12.30.00.png", "2021-03-04T12:30:00"),
        ("WIN_20210304_12_30_00_Pro.jpg", "2021-03-04T12:30:00"),
        ("1965-07-14 wedding.tif", "1965-07-14"),
        ("20210304_12345.jpg", "2021-03-04"),
        ("IMG_20210304_250000.jpg", "2021-03-04"),
        ("FB_IMG_1614861000123.jpg", "2021-03-04T13:30:00.123000+01:00"),
    ],
)
def test_the_name_of_a_file_is_a_guess(name: str, expected: str) -> None:
    assert text_of(capture_of_name(name, zone=PARIS)) == f"{expected} file_name"


@pytest.mark.parametrize(
    "name",
    ["IMG_1234.jpg", "12345678.jpg", "00000000.jpg", "IMG_20991231_000000.jpg", "2021-13-01.jpg", "beach.jpg",
     "2021030412.jpg", "3f2a20190524b1c2d3e4f5a6b7c8d9e0f1.jpg",
     "0b20190524-aaaa-4bbb-8ccc-123456789012.jpg"],
)  # fmt: skip
def test_other_names_tell_nothing(name: str) -> None:
    assert capture_of_name(name, zone=PARIS) is None


def test_a_date_of_tomorrow_may_be_a_clock_in_another_zone() -> None:
    tomorrow, later = datetime.now(UTC) + timedelta(hours=14), datetime.now(UTC) + timedelta(days=3)
    assert taken(DateTimeOriginal=f"{tomorrow:%Y:%m:%d %H:%M:%S}")
    assert not taken(DateTimeOriginal=f"{later:%Y:%m:%d %H:%M:%S}")
