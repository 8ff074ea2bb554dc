"""The size at which a photo is decoded to look for faces."""

import pytest
from django.contrib.auth.models import User

from faces.services.core.pixels import photo_pixels
from faces.vision.scan_size import PANORAMA_PIXELS, SCAN_SIDE, scan_side
from tests.faces.coloured import photo


@pytest.mark.parametrize(
    "size", [(4000, 3000), (3000, 4000), (6000, 2000), (100, 100), (640, 200), (2000, 90)], ids=str
)
def test_an_ordinary_photo_and_a_small_panorama_keep_their_size(size: tuple[int, int]) -> None:
    assert scan_side(*size) == SCAN_SIDE


@pytest.mark.parametrize(
    ("size", "short_side"),
    [((12_000, 900), 900), ((900, 12_000), 900), ((12_000, 3_000), 1536), ((30_000, 1_500), 1095)],
    ids=str,
)
def test_the_short_side_decides_on_the_size_of_a_panorama(size: tuple[int, int], short_side: int) -> None:
    side = scan_side(*size)
    assert side <= max(size)
    assert side * min(size) / max(size) == pytest.approx(short_side, abs=1)


@pytest.mark.parametrize("size", [(200_000_000, 1), (1, 65_535), (65_500, 3_000), (24_700, 8_100)], ids=str)
def test_a_decoded_panorama_takes_bounded_memory_however_long_it_is(size: tuple[int, int]) -> None:
    side = scan_side(*size)
    assert side <= 65_535
    assert side * max(1, side * min(size) / max(size)) <= PANORAMA_PIXELS


@pytest.mark.django_db
@pytest.mark.parametrize("size", [(4000, 300), (300, 4000)], ids=str)
def test_a_stored_panorama_is_decoded_with_all_pixels_of_its_short_side(
    owner: User, size: tuple[int, int]
) -> None:
    assert photo_pixels(photo(owner, size=size, red=(20, 30, 100))).shape == (size[1], size[0], 3)
