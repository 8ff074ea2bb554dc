"""Pictures that are shrunk, as arrays and as JPEG."""

import io

import numpy as np
import pytest
from PIL import Image

from albums.imaging.encoding import encode_jpeg
from albums.imaging.shrinking import shrunk


@pytest.mark.parametrize("size", [(300, 200), (151, 100), (100, 67), (64, 43), (7, 5), (1, 1)], ids=str)
def test_a_shrunk_picture_has_the_size_and_the_mean_of_the_picture(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3)).astype(np.uint8)
    small = shrunk(noise, size)
    assert small.shape == (size[1], size[0], 3)
    assert small.mean() == pytest.approx(noise.mean(), abs=6)


def test_fine_stripes_become_grey_instead_of_coarser_stripes() -> None:
    stripes = np.zeros((800, 1000, 3), np.uint8)
    stripes[:, ::2] = 255
    for width in (490, 333, 250, 101):
        assert shrunk(stripes, (width, width * 4 // 5)).std() < 30  # 127 where pixels are picked


@pytest.mark.parametrize("size", [(2016, 1512), (3024, 2000), (900, 2000), (513, 300)], ids=str)
def test_a_jpeg_of_a_shrunk_picture_looks_like_it(size: tuple[int, int]) -> None:
    coarse = np.random.default_rng(1).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    picture = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    encoded = encode_jpeg(np.asarray(picture), max_side=512)
    assert max(encoded.width, encoded.height) == 512
    expected = picture.resize((encoded.width, encoded.height), Image.Resampling.LANCZOS)
    found = Image.open(io.BytesIO(encoded.data))
    assert np.abs(np.asarray(found, int) - np.asarray(expected, int)).mean() < 2
