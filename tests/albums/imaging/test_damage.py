"""albums.imaging.damage: damage beside the pixels does not refuse a picture, missing pixels do."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from albums import imaging
from albums.exceptions import ImageRefused, RefusalCode
from tests import drawing

KINDS: list[dict[str, Any]] = [
    {},
    {"progressive": True},
    {"restart_marker_blocks": 3},
    {"restart_marker_rows": 1},
    {"progressive": True, "restart_marker_rows": 1},
]


def noise(**options: Any) -> bytes:
    """A JPEG in which every byte counts."""
    drawn = np.random.default_rng(11).integers(0, 255, (60, 90, 3), dtype=np.uint8)
    return drawing.encoded(Image.fromarray(drawn), **options)


@pytest.mark.parametrize("options", KINDS, ids=str)
@pytest.mark.parametrize("missing", [1, 2])
def test_a_jpeg_that_lacks_only_its_end_is_the_whole_picture(options: dict[str, Any], missing: int) -> None:
    data = noise(**options)
    assert data.endswith(b"\xff\xd9")
    whole = imaging.decode(io.BytesIO(data))
    for max_side in (None, 40):
        cut = imaging.read(io.BytesIO(data[:-missing]), max_side=max_side)
        assert (cut.width, cut.height) == (90, 60)
    assert np.array_equal(imaging.decode(io.BytesIO(data[:-missing])), whole)


@pytest.mark.parametrize("options", KINDS, ids=str)
def test_a_jpeg_of_which_a_byte_of_the_picture_is_missing_is_refused(options: dict[str, Any]) -> None:
    data = noise(**options)
    for missing in (*range(3, 12), len(data) // 3):
        with pytest.raises(ImageRefused) as caught:
            imaging.read(io.BytesIO(data[:-missing]))
        assert caught.value.code == RefusalCode.TRUNCATED, missing


def test_a_progressive_jpeg_whose_last_scans_are_missing_is_refused() -> None:
    data = noise(progressive=True)
    with pytest.raises(ImageRefused) as caught:
        imaging.read(io.BytesIO(data[: data.rindex(b"\xff\xda")]))
    assert caught.value.code == RefusalCode.TRUNCATED


def with_wrong_checksum(data: bytes, kind: bytes) -> bytes:
    """The PNG, with one bit of this chunk's checksum turned."""
    at = data.index(kind)
    length = struct.unpack(">I", data[at - 4 : at])[0]
    checksum = at + 4 + length
    return data[:checksum] + bytes((data[checksum] ^ 1,)) + data[checksum + 1 :]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = drawing.encoded(file_format="PNG", icc_profile=profile, dpi=(72, 72))
    return data[:33] + chunk(b"tEXt", b"Comment\0words") + data[33:]


@pytest.mark.parametrize("kind", [b"tEXt", b"iCCP", b"pHYs"])
def test_a_png_with_a_wrong_checksum_beside_its_pixels_is_accepted(kind: bytes) -> None:
    data = with_wrong_checksum(png(), kind)
    assert imaging.probe(io.BytesIO(data)) == imaging.Probe("PNG", "image/png", "png", 96, 64, 1)
    assert np.array_equal(imaging.decode(io.BytesIO(data)), imaging.decode(io.BytesIO(png())))
    imaging.read_metadata(io.BytesIO(data))


def test_several_damaged_chunks_of_a_png_are_ignored_together() -> None:
    data = with_wrong_checksum(with_wrong_checksum(png(), b"tEXt"), b"iCCP")
    assert imaging.decode(io.BytesIO(data)).shape == (64, 96, 3)


@pytest.mark.parametrize("kind", [b"IHDR", b"PLTE"])
def test_a_png_with_a_wrong_checksum_of_what_its_pixels_need_is_refused(kind: bytes) -> None:
    data = drawing.encoded(drawing.quarters().quantize(8), file_format="PNG")
    with pytest.raises(ImageRefused) as caught:
        imaging.read(io.BytesIO(with_wrong_checksum(data, kind)))
    assert caught.value.code == RefusalCode.BROKEN
