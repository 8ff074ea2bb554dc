"""Pictures are brought upright from each orientation."""

import numpy as np
import pytest
from PIL import Image

from albums.imaging.orientation import upright

PILLOW = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@pytest.mark.parametrize("orientation", PILLOW)
def test_a_picture_is_brought_upright_as_pillow_does(orientation: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (5, 7, 3), dtype=np.uint8)
    pixels.flags.writeable = False
    turn = PILLOW[orientation]
    picture = Image.fromarray(pixels)
    expected = np.asarray(picture if turn is None else picture.transpose(turn))
    found = upright(pixels, orientation)
    assert np.array_equal(found, expected)
    assert found.flags.writeable
