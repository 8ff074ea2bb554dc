"""Private metadata is taken out of every format, and nothing else of the file changes."""

import io
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import ExifTags, Image

from albums import imaging
from albums.imaging.cleaning import UnclearStructure, cleaning_patches
from albums.imaging.overlay import OverlaidFile, Patch
from tests import drawing
from tests.private_files import (
    FORMATS,
    SECRETS,
    XMP,
    private_exif,
    private_gif,
    private_jpeg,
    private_png,
    private_webp,
)


def cleaned(data: bytes) -> bytes:
    file = io.BytesIO(data)
    return OverlaidFile(file, cleaning_patches(file)).read()


def frames(data: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(data)) as picture:
        count = getattr(picture, "n_frames", 1) if picture.format != "MPO" else 1
        found = []
        for number in range(count):
            picture.seek(number)
            found.append(picture.convert("RGBA").tobytes())
        return found


@pytest.mark.parametrize("made", FORMATS.values(), ids=FORMATS)
def test_position_serial_numbers_and_names_are_gone(made: Callable[[], bytes]) -> None:
    before = made()
    assert any(secret in before for secret in SECRETS)
    after = cleaned(before)
    assert not [secret for secret in SECRETS if secret in after]
    assert b"SECRET" not in b"".join(_inflated(after))
    found = imaging.read_metadata(io.BytesIO(after))
    assert (found.latitude, found.longitude, found.description) == (None, None, "")


def _inflated(data: bytes) -> list[bytes]:
    """The compressed texts of a PNG."""
    parts = []
    for at in (at for at in range(len(data)) if data[at : at + 2] in {b"\x78\x9c", b"\x78\xda"}):
        try:
            parts.append(zlib.decompressobj().decompress(data[at:]))
        except zlib.error:
            continue
    return parts


@pytest.mark.parametrize("made", FORMATS.values(), ids=FORMATS)
def test_pixels_profile_orientation_and_exposure_stay(made: Callable[[], bytes]) -> None:
    before = made()
    after = cleaned(before)
    assert len(after) == len(before)
    assert frames(after) == frames(before)
    one, other = imaging.read(io.BytesIO(before)), imaging.read(io.BytesIO(after))
    assert np.array_equal(one.pixels, other.pixels)
    assert (one.width, one.height) == (other.width, other.height)
    assert one.metadata.captured == other.metadata.captured
    assert (one.metadata.camera, one.metadata.facts) == (other.metadata.camera, other.metadata.facts)
    with Image.open(io.BytesIO(before)) as first, Image.open(io.BytesIO(after)) as second:
        assert first.info.get("icc_profile") == second.info.get("icc_profile")
        assert first.info.get("loop") == second.info.get("loop")


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda xmp: private_jpeg(exif=b"", xmp=xmp), id="jpeg"),
        pytest.param(lambda xmp: private_png(exif=None, xmp=xmp), id="png"),
        pytest.param(lambda xmp: private_png(exif=None, xmp=xmp, compressed=True), id="png-compressed"),
        pytest.param(lambda xmp: private_webp(exif=b"", xmp=xmp.encode()), id="webp"),
    ],
)
def test_an_orientation_that_only_xmp_had_stays(made: Callable[[str], bytes]) -> None:
    before = made(XMP.format(more=' tiff:Orientation="8"'))
    after = cleaned(before)
    with Image.open(io.BytesIO(after)) as picture:
        picture.load()
        assert picture.getexif().get(ExifTags.Base.Orientation) == 8
    assert b"SECRET" not in after
    assert np.array_equal(imaging.decode(io.BytesIO(before)), imaging.decode(io.BytesIO(after)))


@pytest.mark.parametrize("length", [*range(12, 80), 500])
def test_exif_that_is_cut_or_damaged_keeps_no_secret(length: int) -> None:
    exif = private_exif()
    damaged = private_jpeg(exif=exif[:length] + b"SECRET" + b"\xff" * 40)
    assert b"SECRET" not in cleaned(damaged)


@pytest.mark.parametrize("made", [private_jpeg, private_png, private_gif], ids=["jpeg", "png", "gif"])
def test_cleaning_never_fails_for_formats_that_are_streamed(made: Callable[[], bytes]) -> None:
    whole = made()
    for length in range(16, len(whole), max(len(whole) // 50, 1)):
        assert len(cleaned(whole[:length])) == length


def test_a_file_with_metadata_in_unknown_places_is_refused() -> None:
    for data in (b"II+\0" + bytes(40), b"what is this?", drawing.encoded(file_format="TIFF")[:60]):
        with pytest.raises(UnclearStructure):
            cleaning_patches(io.BytesIO(data))


def test_an_overlaid_file_is_read_alike_in_any_pieces() -> None:
    data = bytes(range(100)) * 3
    patches = [Patch(5, 9, b"ab", b"."), Patch(9, 10), Patch(150, 280, b"x" * 130)]
    expected = bytearray(data)
    expected[5:10], expected[150:280] = b"ab..\0", b"x" * 130
    for size in (1, 7, 64, 300):
        file = OverlaidFile(io.BytesIO(data), patches)
        found = b""
        while piece := file.read(size):
            found += piece
        assert found == expected
    file = OverlaidFile(io.BytesIO(data), patches)
    file.seek(200)
    assert file.read(90) == expected[200:290]


def test_an_overlaid_file_has_no_descriptor_by_which_a_server_would_send_the_original() -> None:
    with pytest.raises(io.UnsupportedOperation):
        OverlaidFile(io.BytesIO(b"SECRET"), [Patch(0, 6)]).fileno()
