"""Keywords, ratings and XMP files are read as other programs write them; damaged ones are empty."""

import io
from datetime import datetime

import pytest
from PIL import Image

from albums.imaging import CaptureSource, read_metadata
from albums.imaging.keywords import MOST_KEYWORDS, keywords_of, rating_of
from albums.imaging.xmp import LARGEST_XMP, xmp_of_bytes
from albums.imaging.xmp_sidecars import xmp_sidecar_of
from tests import drawing

RDF = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" {attributes}>{elements}</rdf:Description></rdf:RDF></x:xmpmeta>"""


def xmp(elements: str = "", attributes: str = "") -> bytes:
    return RDF.format(elements=elements, attributes=attributes).encode()


def bag(name: str, *texts: str) -> str:
    items = "".join(f"<rdf:li>{text}</rdf:li>" for text in texts)
    return f"<{name}><rdf:Bag>{items}</rdf:Bag></{name}>"


def test_keywords_of_several_places_come_once_and_of_a_path_the_last_part() -> None:
    root = xmp_of_bytes(
        xmp(
            bag("dc:subject", "Lyon", " summer\n 2019 ", "")
            + bag("lr:hierarchicalSubject", "Places|France|lyon", "Family|Anna")
            + bag("digiKam:TagsList", "Places/France/Lyon", "Dogs")
        )
    )
    assert keywords_of(root, {(2, 25): [b"of IPTC"]}) == ("Lyon", "summer 2019", "Anna", "Dogs")
    iptc = {(2, 25): ["Été".encode(), "caf\xe9".encode("latin-1"), b"Dogs", b""]}
    assert keywords_of(xmp_of_bytes(xmp()), iptc) == ("Été", "café", "Dogs")
    assert keywords_of(None, {(2, 25): b"one"}) == ("one",)
    assert keywords_of(None, {}) == ()


def test_keywords_have_limits() -> None:
    many = [f"word {number}".encode() for number in range(200)]
    assert len(keywords_of(None, {(2, 25): many})) == MOST_KEYWORDS
    assert keywords_of(None, {(2, 25): [b"x" * 101, b"\0\1"]}) == ()


@pytest.mark.parametrize(
    ("written", "stars"), [("4", "4"), ("5.0", "5"), ("-1", ""), ("0", ""), ("9", ""), ("four", ""), ("", "")]
)
def test_a_rating_is_one_to_five_stars(written: str, stars: str) -> None:
    assert rating_of(xmp_of_bytes(xmp(attributes=f'xmp:Rating="{written}"')), {}) == stars
    assert rating_of(xmp_of_bytes(xmp(f"<xmp:Rating>{written}</xmp:Rating>")), {}) == stars
    assert rating_of(None, {0x4746: 3}) == "3"


def test_a_picture_has_its_keywords_and_rating() -> None:
    picture, file = Image.new("RGB", (64, 48)), io.BytesIO()
    picture.save(file, "JPEG", xmp=xmp(bag("dc:subject", "Lyon"), 'xmp:Rating="4"'))
    file.seek(0)
    metadata = read_metadata(file)
    assert (metadata.keywords, metadata.facts["rating"]) == (("Lyon",), "4")
    plain = read_metadata(io.BytesIO(drawing.photo(1)))
    assert (plain.keywords, "rating" in plain.facts) == ((), False)


@pytest.mark.parametrize(
    ("latitude", "longitude", "position"),
    [
        ("45,45.6N", "4,50.4E", (45.76, 4.84)),
        ("45,45,36N", "4,50,24W", (45.76, -4.84)),
        ("45.76", "-4.84", (45.76, -4.84)),
        ("0,0N", "0,0E", None),
        ("91,0N", "4,0E", None),
        ("north", "4,0E", None),
    ],
)
def test_an_xmp_file_has_a_position(
    latitude: str, longitude: str, position: tuple[float, float] | None
) -> None:
    places = f'exif:GPSLatitude="{latitude}" exif:GPSLongitude="{longitude}"'
    sidecar = xmp_sidecar_of(xmp(attributes=places))
    assert sidecar is not None
    assert sidecar.position == (pytest.approx(position) if position else None)


def test_an_xmp_file_has_date_description_keywords_and_rating() -> None:
    described = (
        "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>The market</rdf:li></rdf:Alt></dc:description>"
    )
    times = 'exif:DateTimeOriginal="2019-07-17T12:00:00" xmp:Rating="5"'
    sidecar = xmp_sidecar_of(xmp(described + bag("dc:subject", "Lyon"), times))
    assert sidecar is not None
    assert sidecar.captured is not None
    assert sidecar.captured.clock == datetime(2019, 7, 17, 12)  # noqa: DTZ001
    assert sidecar.captured.source == CaptureSource.SIDECAR
    assert (sidecar.description, sidecar.keywords, sidecar.rating) == ("The market", ("Lyon",), "5")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no XML",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<a>" * 100_000,
        b" " * (LARGEST_XMP + 1),
    ],
    ids=["empty", "text", "entities", "deep", "large"],
)
def test_a_damaged_or_hostile_xmp_file_is_none(content: bytes) -> None:
    assert xmp_sidecar_of(content) is None
