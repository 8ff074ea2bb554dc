"""albums.imaging.code_points: colours that are named by numbers in place of a profile."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from albums import imaging
from albums.imaging.code_points import CodePoints, profile_of
from tests import drawing

# The primaries of sRGB by the coordinates of Display P3.
P3 = {(234, 51, 35): (255, 0, 0), (117, 251, 76): (0, 255, 0), (0, 0, 245): (0, 0, 255)}
GREY = (128, 128, 128)


def heic(colour: tuple[int, int, int], primaries: int, transfer: int) -> bytes:
    return drawing.encoded(
        Image.new("RGB", (64, 64), colour),
        "HEIF",
        quality=-1,
        color_primaries=primaries,
        transfer_characteristics=transfer,
        matrix_coefficients=0,
        full_range_flag=1,
    )


def png(colour: tuple[int, int, int], primaries: int, transfer: int) -> bytes:
    plain = drawing.encoded(Image.new("RGB", (64, 64), colour), "PNG")
    content = b"cICP" + bytes((primaries, transfer, 0, 1))
    chunk = struct.pack(">I", 4) + content + struct.pack(">I", zlib.crc32(content))
    return plain[:33] + chunk + plain[33:]


def avif(colour: tuple[int, int, int], primaries: int, transfer: int) -> bytes:
    plain = drawing.encoded(Image.new("RGB", (64, 64), colour), "AVIF", quality=100, subsampling="4:4:4")
    before, box, after = plain.partition(b"colrnclx")
    assert box
    return before + box + struct.pack(">HH", primaries, transfer) + after[4:]


def shown(data: bytes) -> NDArray[np.int_]:
    pixel: NDArray[np.int_] = imaging.decode(io.BytesIO(data))[32, 32].astype(np.int_)
    return pixel


@pytest.mark.parametrize("made", [heic, png, avif])
def test_display_p3_is_converted_to_srgb(made: Callable[..., bytes]) -> None:
    for colour, expected in P3.items():
        assert np.abs(shown(made(colour, 12, 13)) - expected).max() <= 9, colour
    assert np.abs(shown(made(GREY, 12, 13)) - GREY).max() <= 2


@pytest.mark.parametrize("made", [heic, png, avif])
def test_srgb_and_what_is_unknown_stay_as_they_are(made: Callable[..., bytes]) -> None:
    # Of a HEIC with unknown ones, libheif says that it is damaged.
    unknown = () if made is heic else ((77, 13), (1, 99))
    for primaries, transfer in ((1, 13), (1, 1), (2, 2), *unknown):
        assert np.abs(shown(made((200, 100, 50), primaries, transfer)) - (200, 100, 50)).max() <= 3


@pytest.mark.parametrize(
    ("transfer", "white", "dark"),
    # Codes of 203 cd/m², and of 4 % of it, in 8 bits.
    [(16, 148, 76), (18, 191, 63)],
)
def test_bright_light_is_compressed_and_the_rest_stays(transfer: int, white: int, dark: int) -> None:
    codes = [dark, (white + dark) // 2, white, 220, 255]
    seen = [int(shown(heic((code,) * 3, 9, transfer)).mean()) for code in codes]
    assert seen == sorted(seen)
    assert seen[-1] >= 254, "the brightest is white"
    assert 225 <= seen[2] <= 240, "white of paper is bright, with room above it"
    assert seen[0] < 90


def test_a_profile_in_the_file_wins() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = drawing.encoded(Image.new("RGB", (64, 64), (234, 51, 35)), "PNG", icc_profile=srgb)
    content = b"cICP" + bytes((12, 13, 0, 1))
    chunk = struct.pack(">I", 4) + content + struct.pack(">I", zlib.crc32(content))
    assert shown(picture[:33] + chunk + picture[33:]).tolist() == [234, 51, 35]


def test_the_profiles_are_valid() -> None:
    for primaries in (1, 5, 6, 9, 11, 12):
        for transfer in (4, 5, 8, 16, 18):
            profile = profile_of(CodePoints(primaries, transfer))
            assert profile is not None
            opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            assert opened.profile.xcolor_space.strip() == "RGB"
            white = opened.profile.media_white_point
            assert white is not None
            assert np.allclose(white[0], (0.9642, 1, 0.8249), atol=1e-3)
