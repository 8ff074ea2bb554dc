"""The size at which a photo is decoded to look for faces."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as Pillow

from albums.models import Image, Rendition
from albums.storage import put_file, rendition_name
from faces.services.core.pixels import photo_pixels
from faces.vision.scan_size import PANORAMA_PIXELS, SCAN_SIDE, scan_side
from faces.vision.types import Pixels
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


LARGE = (2400, 1800)


@pytest.fixture
def large(owner: User) -> Image:
    """A photo larger than its preview, which is wholly red so that it is recognised."""
    image = photo(owner, size=LARGE, blue=(20, 30, 900))
    preview_put(image, size=(SCAN_SIDE, 1536))
    return image


def preview_put(image: Image, *, size: tuple[int, int]) -> str:
    file = io.BytesIO()
    Pillow.new("RGB", size, "red").save(file, "JPEG")
    preview = Rendition(image=image, kind=Rendition.Kind.PREVIEW)
    return put_file(preview.file.storage, rendition_name(preview, ""), ContentFile(file.getvalue()))


def is_preview(pixels: Pixels) -> bool:
    return bool((pixels[:, :, 0] > 200).all())


@pytest.mark.django_db
def test_a_large_photo_is_scanned_from_its_preview(large: Image) -> None:
    assert is_preview(photo_pixels(large))
    large.original.delete()
    assert is_preview(photo_pixels(large))


@pytest.mark.django_db
@pytest.mark.parametrize("spoil", ["missing", "damaged", "small"])
def test_without_a_whole_preview_a_photo_is_scanned_from_its_original(large: Image, spoil: str) -> None:
    name = preview_put(large, size=(1024, 768))
    if spoil != "small":
        default_storage.delete(name)
    if spoil == "damaged":
        default_storage.save(name, ContentFile(b"no picture"))
    pixels = photo_pixels(large)
    assert pixels.shape == (1536, SCAN_SIDE, 3)
    assert not is_preview(pixels)


@pytest.mark.django_db
def test_the_preview_of_other_turns_is_not_used(large: Image) -> None:
    large.turns, large.width, large.height = 1, LARGE[1], LARGE[0]
    pixels = photo_pixels(large)
    assert pixels.shape == (SCAN_SIDE, 1536, 3)
    assert not is_preview(pixels)


@pytest.mark.django_db
def test_a_photo_no_larger_than_a_preview_is_scanned_from_its_original(owner: User) -> None:
    image = photo(owner, size=(640, 480), blue=(20, 30, 200))
    preview_put(image, size=(640, 480))
    assert not is_preview(photo_pixels(image))
