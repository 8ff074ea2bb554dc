"""albums.imaging.pixels: every colour mode becomes 8-bit sRGB."""

import io
import struct

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from albums import imaging
from albums.exceptions import ImageRefused, RefusalCode
from tests import drawing


def min_is_white(values: NDArray[np.uint16], order: str) -> bytes:
    """A 16-bit TIFF whose zero is white. order: < or >."""
    dtype = np.dtype(f"{order}u2")
    file = bytearray(drawing.encoded(Image.fromarray(values.astype(dtype)), "TIFF"))
    entry = file.index(struct.pack(f"{order}HHIH", 262, 3, 1, 1))
    file[entry : entry + 10] = struct.pack(f"{order}HHIH", 262, 3, 1, 0)
    return bytes(file)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("max_side", [None, 24])
def test_a_16_bit_tiff_whose_zero_is_white_is_not_a_negative(order: str, max_side: int | None) -> None:
    grey = np.asarray(drawing.quarters().convert("L")).astype(np.uint16)
    pixels = imaging.decode(io.BytesIO(min_is_white((255 - grey) * 257, order)), max_side=max_side)
    png = drawing.encoded(Image.fromarray(grey.astype(np.uint8)), "PNG")
    expected = imaging.decode(io.BytesIO(png), max_side=max_side)
    assert np.abs(pixels.astype(int) - expected.astype(int)).max() <= 1


def test_a_tiff_of_an_unknown_kind_is_unsupported_and_not_damaged() -> None:
    file = min_is_white(np.zeros((8, 8), np.uint16), "<")
    sixteen, seven = struct.pack("<HHIH", 258, 3, 1, 16), struct.pack("<HHIH", 258, 3, 1, 7)
    assert file.count(sixteen) == 1
    for data, codes in (
        (file.replace(sixteen, seven), {RefusalCode.UNSUPPORTED}),
        (file[:40], {RefusalCode.BROKEN, RefusalCode.TRUNCATED}),
    ):
        with pytest.raises(ImageRefused) as caught:
            imaging.read(io.BytesIO(data))
        assert caught.value.code in codes
