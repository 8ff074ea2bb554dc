"""Metadata of files, with implausible values ignored."""

import os
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, TiffImagePlugin
from PIL import Image as Pillow

from albums.exceptions import ImageRefused
from albums.imaging import Metadata, read, read_metadata

Rational = TiffImagePlugin.IFDRational
LYON = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (Rational(45), Rational(45), Rational(0)),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: (Rational(4), Rational(51), Rational(0)),
}


def written(
    tags: Mapping[Any, Any] | None = None,
    *,
    exposure: Mapping[Any, Any] | None = None,
    position: Mapping[Any, Any] | None = None,
    xmp: bytes | None = None,
    kind: str = "JPEG",
) -> BytesIO:
    """Return a drawn picture with this metadata."""
    exif = Pillow.Exif()
    for tag, value in (tags or {}).items():
        exif[tag] = value
    exif.get_ifd(ExifTags.IFD.Exif).update(exposure or {})
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(position or {})
    file = BytesIO()
    given = {"xmp": xmp} if xmp else {}
    Pillow.new("RGB", (16, 8)).save(file, kind, exif=exif, **given)
    file.seek(0)
    return file


def xmp(text: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>'
        f'<rdf:li xml:lang="fr">autre</rdf:li><rdf:li xml:lang="x-default">{text}</rdf:li>'
        "</rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_camera_exposure_position_and_description_are_read(kind: str) -> None:
    file = written(
        {
            ExifTags.Base.Make: "NIKON CORPORATION",
            ExifTags.Base.Model: "NIKON D90",
            ExifTags.Base.ImageDescription: "At the river",
        },
        exposure={
            ExifTags.Base.FNumber: Rational(28, 10),
            ExifTags.Base.ExposureTime: Rational(1, 250),
            ExifTags.Base.ISOSpeedRatings: 400,
            ExifTags.Base.FocalLength: Rational(50),
            ExifTags.Base.LensModel: "50mm f/1.8",
        },
        position=LYON,
        kind=kind,
    )
    expected = Metadata(
        "At the river",
        "NIKON D90",
        {
            "lens": "50mm f/1.8",
            "aperture": "f/2.8",
            "exposure": "1/250 s",
            "iso": "400",
            "focal_length": "50 mm",
        },
        45.75,
        4.85,
    )
    assert read_metadata(file) == expected
    assert read(file).metadata == expected


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("EASTMAN KODAK COMPANY", "KODAK DC240 ZOOM", "KODAK DC240 ZOOM"),
        ("SONY", "DSC-W50", "SONY DSC-W50"),
        ("OLYMPUS OPTICAL CO.,LTD", "C8080WZ", "OLYMPUS C8080WZ"),
        ("Apple", "iPhone 12", "Apple iPhone 12"),
        ("Apple", "", "Apple"),
        ("", "X100", "X100"),
        ("  Leica   Camera AG ", "LEICA M8\0junk", "LEICA M8"),
        ("", "", ""),
    ],
)
def test_make_and_model_become_one_name(make: str, model: str, camera: str) -> None:
    tags = {ExifTags.Base.Make: make, ExifTags.Base.Model: model}
    assert read_metadata(written(tags)).camera == camera


@pytest.mark.parametrize(
    "change",
    [
        {
            ExifTags.GPS.GPSLatitude: (Rational(0), Rational(0), Rational(0)),
            ExifTags.GPS.GPSLongitude: (0.0, 0.0, 0.0),
        },
        {ExifTags.GPS.GPSLatitude: (Rational(45, 0), Rational(0), Rational(0))},
        {ExifTags.GPS.GPSLatitude: (Rational(91), Rational(0), Rational(0))},
        {ExifTags.GPS.GPSLongitude: (Rational(179), Rational(59), Rational(3601))},
        {ExifTags.GPS.GPSLatitudeRef: ""},
        {ExifTags.GPS.GPSLatitudeRef: "X"},
        {ExifTags.GPS.GPSStatus: "V"},
    ],
)
def test_an_impossible_position_is_none(change: Mapping[Any, Any]) -> None:
    found = read_metadata(written(position={**LYON, **change}))
    assert (found.latitude, found.longitude) == (None, None)


def test_south_and_west_are_negative_and_missing_seconds_are_none() -> None:
    position = {
        ExifTags.GPS.GPSLatitudeRef: "S",
        ExifTags.GPS.GPSLatitude: (Rational(33), Rational(515, 10), Rational(0, 0)),
        ExifTags.GPS.GPSLongitudeRef: "W",
        ExifTags.GPS.GPSLongitude: (Rational(70), Rational(30), Rational(36)),
    }
    found = read_metadata(written(position=position))
    assert found.latitude == pytest.approx(-33.858333)
    assert found.longitude == pytest.approx(-70.51)


def test_exif_descriptions_come_before_xmp_and_camera_defaults_are_ignored() -> None:
    both = written({ExifTags.Base.ImageDescription: "Ours"}, xmp=xmp("Theirs"))
    assert read_metadata(both).description == "Ours"
    camera = written({ExifTags.Base.ImageDescription: "OLYMPUS DIGITAL CAMERA"}, xmp=xmp("Été &amp; mer"))
    assert read_metadata(camera).description == "Été & mer"
    named = {ExifTags.Base.ImageDescription: "WWL", ExifTags.Base.Make: "WWL"}
    assert read_metadata(written(named)).description == ""


def test_descriptions_are_shortened_and_have_no_control_characters() -> None:
    long = read_metadata(written({ExifTags.Base.ImageDescription: "a\x07b  c\r\nd\x1b" + "x" * 20_000}))
    assert long.description.startswith("a b c\nd ")
    assert len(long.description) == 5_000
    windows = read_metadata(written({0x9C9B: "Noël à Québec".encode("utf-16-le")}))
    assert windows.description == "Noël à Québec"
    assert read_metadata(written({ExifTags.Base.ImageDescription: "Été".encode()})).description == "Été"


@pytest.mark.parametrize(
    "packet",
    [
        b"<",
        b"\xff\xfe\x00",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + xmp("&a;"),
        xmp("x" * 2**21),
        b"<a>" * 20_000,
    ],
)
def test_hostile_xmp_gives_no_description(packet: bytes) -> None:
    assert read_metadata(written(xmp=packet, kind="WEBP")).description == ""


@pytest.mark.parametrize(
    "exposure",
    [
        {ExifTags.Base.FNumber: Rational(0, 0), ExifTags.Base.ExposureTime: Rational(1, 0)},
        {ExifTags.Base.FNumber: Rational(0), ExifTags.Base.ExposureTime: Rational(0)},
        {ExifTags.Base.FocalLength: Rational(0), ExifTags.Base.ISOSpeedRatings: 65535},
        {ExifTags.Base.ISOSpeedRatings: 0, ExifTags.Base.LensModel: "\0\0"},
    ],
)
def test_an_impossible_exposure_is_none(exposure: Mapping[Any, Any]) -> None:
    assert read_metadata(written(exposure=exposure)).facts == {}


def test_long_exposures_are_in_seconds() -> None:
    facts = read_metadata(written(exposure={ExifTags.Base.ExposureTime: Rational(25, 10)})).facts
    assert facts["exposure"] == "2.5 s"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    beside = Path(__file__).resolve().parents[3].parent / "shared" / "data"
    archive = Path(os.environ.get("TROMBINE_TEST_DATA") or beside) / "metadata.tar.gz"
    if not archive.exists():
        if os.environ.get("TROMBINE_REQUIRE_DATA") == "1":
            pytest.fail(f"TROMBINE_REQUIRE_DATA is 1, and there is no {archive}")
        pytest.skip(f"there is no {archive}; TROMBINE_TEST_DATA names the folder")
    folder = tmp_path_factory.mktemp("metadata")
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    return folder


def test_files_of_real_cameras_are_read(samples: Path) -> None:
    found: dict[str, Metadata] = {}
    for file in samples.rglob("*"):
        try:
            found[file.name] = read_metadata(file) if file.is_file() else Metadata()
        except ImageRefused:
            continue
    arezzo = found["DSCN0010.jpg"]
    assert (arezzo.camera, arezzo.facts["exposure"]) == ("NIKON COOLPIX P6000", "1/75 s")
    assert (round(arezzo.latitude or 0, 3), round(arezzo.longitude or 0, 3)) == (43.467, 11.885)
    assert found["MWG.jpg"].description == "RIGHT-EXIF-Description"
    assert found["no_exif.jpg"].description == "Der Goalie bin ig"
    assert found["sanyo-vpcsx550.jpg"].description == ""
    assert all(
        "\0" not in one.description + one.camera + "".join(one.facts.values()) for one in found.values()
    )


def test_hostile_files_are_refused_or_give_harmless_metadata(hostile: Path) -> None:
    for file in hostile.rglob("*"):
        if not file.is_file():
            continue
        try:
            found = read_metadata(file)
        except ImageRefused:
            continue
        assert len(found.description) <= 5_000
        assert found.latitude is None or -90 <= found.latitude <= 90


@pytest.mark.parametrize(
    ("kind", "orientation", "in_xmp", "otherwise"),
    [
        ("JPEG", 1, False, False),
        ("JPEG", 6, False, False),
        ("JPEG", 6, True, True),
        ("WEBP", 6, False, True),
        ("PNG", 3, False, True),
        ("AVIF", 8, False, True),
        ("WEBP", 1, False, False),
    ],
)
def test_it_is_known_where_browsers_turn_a_picture_otherwise(
    kind: str, orientation: int, in_xmp: bool, otherwise: bool
) -> None:
    """Browsers turn a JPEG by its EXIF; none reads XMP, and not all of them turn other formats."""
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="{orientation}"/></rdf:RDF></x:xmpmeta>'
    )
    tags = {} if in_xmp else {ExifTags.Base.Orientation: orientation}
    file = written(tags, xmp=packet.encode() if in_xmp else None, kind=kind)
    assert read_metadata(file).turned_otherwise is otherwise
