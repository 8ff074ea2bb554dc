"""Fingerprints of pictures, and pairs of hashes that are near."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from albums.imaging.encoding import encode_jpeg
from albums.imaging.fingerprints import fingerprint, fingerprint_of_jpeg
from albums.imaging.near_hashes import MOST_DIFFERENT, near_pairs, stars


def scene(seed: int) -> Image.Image:
    """A drawn scene with soft shapes and fine structure."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 255, (9, 12, 3), dtype=np.uint8))
    fine = Image.fromarray(random.integers(0, 255, (480, 640, 3), dtype=np.uint8))
    return Image.blend(coarse.resize((640, 480), Image.Resampling.BICUBIC), fine, 0.15)


def different_bits(first: Image.Image, second: Image.Image) -> int:
    hashes = [fingerprint(np.asarray(one.convert("RGB"))).hash for one in (first, second)]
    return ((hashes[0] ^ hashes[1]) & (2**64 - 1)).bit_count()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda one: one.resize((200, 150)), id="smaller"),
        pytest.param(lambda one: ImageEnhance.Brightness(one).enhance(1.25), id="brighter"),
        pytest.param(lambda one: one.convert("L"), id="grey"),
        pytest.param(lambda one: one.crop((6, 4, 634, 476)), id="slightly cropped"),
    ],
)
def test_a_changed_copy_has_nearly_the_same_hash(change: Callable[[Image.Image], Image.Image]) -> None:
    assert different_bits(scene(1), change(scene(1))) <= MOST_DIFFERENT


def test_other_pictures_have_other_hashes() -> None:
    scenes = [scene(number) for number in range(8)]
    between = [different_bits(one, other) for one in scenes for other in scenes if one is not other]
    assert min(between) > MOST_DIFFERENT


def test_a_rendition_has_the_fingerprint_of_its_photo_and_blur_makes_it_less_sharp() -> None:
    pixels = np.asarray(scene(2).resize((1600, 1200), Image.Resampling.BICUBIC))
    from_pixels = fingerprint(pixels)
    from_file = fingerprint_of_jpeg(io.BytesIO(encode_jpeg(pixels).data))
    assert ((from_pixels.hash ^ from_file.hash) & (2**64 - 1)).bit_count() <= 2
    blurred = fingerprint(np.asarray(scene(2).filter(ImageFilter.GaussianBlur(3))))
    assert blurred.sharpness < fingerprint(np.asarray(scene(2))).sharpness / 2
    assert fingerprint(np.zeros((2, 1, 3), np.uint8)).sharpness == 0


def flipped(value: np.uint64, bits: NDArray[np.int64]) -> np.uint64:
    for bit in bits:
        value ^= np.uint64(1) << np.uint64(bit)
    return value


def test_the_near_pairs_are_those_that_comparing_all_with_all_finds() -> None:
    random = np.random.default_rng(3)
    base = random.integers(0, 2**64, 400, dtype=np.uint64)
    copies = [
        flipped(value, random.choice(64, size=int(count), replace=False))
        for value, count in zip(base, random.integers(1, 15, 400), strict=True)
    ]
    hashes = np.unique(np.array([*base, *copies], dtype=np.uint64))
    distances = np.bitwise_count(hashes[:, None] ^ hashes[None, :])
    expected = {(int(a), int(b)) for a, b in np.argwhere(distances <= MOST_DIFFERENT) if a < b}
    left, right = near_pairs(hashes)
    assert len(left) == len(expected) > 200
    assert {(int(a), int(b)) for a, b in zip(left, right, strict=True)} == expected


def test_a_chain_is_no_group() -> None:
    # 0-1-2-3-4 in a row: only the neighbours of a centre join it.
    pairs = np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4])
    groups = stars(6, pairs)
    assert [sorted(group) for group in groups] == [[0, 1, 2], [3, 4]]
    assert stars(0, (np.empty(0, np.int64), np.empty(0, np.int64))) == []
