"""albums.services.reading.renditions: stored originals become renditions."""

from datetime import datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from PIL import Image as Pillow

from albums.models import Image, Rendition
from albums.services.reading.renditions import READING, image_read
from albums.services.uploading.uploads import image_store
from tests import drawing


def stored_data(owner: User, folder: Path, data: bytes) -> Image:
    (folder / "given").write_bytes(data)
    image = image_store(owner=owner, source=folder / "given", source_path="given.jpg").image
    assert image is not None
    return image


def test_reading_creates_both_renditions_and_sets_the_fields(ada: User, tmp_path: Path) -> None:
    turned = drawing.quarters(3000, 2000).transpose(Pillow.Transpose.ROTATE_90)
    exif = drawing.exif(6, DateTimeOriginal="2021:07:04 12:34:56", OffsetTimeOriginal="+02:00")
    image = stored_data(ada, tmp_path, drawing.encoded(turned, exif=exif))
    assert image_read(image=image)
    image.refresh_from_db()
    assert image.state == Image.State.READY
    assert (image.width, image.height) == (3000, 2000)
    assert image.captured_at == datetime.fromisoformat("2021-07-04T12:34:56")
    assert image.captured_offset == 120
    sizes = {}
    for rendition in image.renditions.all():
        with rendition.file.open() as file, Pillow.open(file) as picture:
            assert picture.format == "JPEG"
            assert picture.size == (rendition.width, rendition.height)
            assert picture.convert("RGB").getpixel((10, 10)) == pytest.approx(drawing.RED, abs=12)
        sizes[rendition.kind] = (rendition.width, rendition.height)
    assert sizes == {"thumbnail": (512, 341), "preview": (2048, 1365)}


def test_reading_again_changes_nothing_and_leaves_no_file_behind(stored: Image) -> None:
    image_read(image=stored)
    files = sorted(default_storage.listdir(f"renditions/{stored.owner_id}/{stored.sha256[:2]}")[1])
    before = list(Rendition.objects.order_by("kind").values())
    assert image_read(image=stored)
    assert sorted(default_storage.listdir(f"renditions/{stored.owner_id}/{stored.sha256[:2]}")[1]) == files
    assert list(Rendition.objects.order_by("kind").values()) == before
    assert len(files) == 2


def test_renditions_of_a_small_picture_have_its_size(stored: Image) -> None:
    image_read(image=stored)
    assert {(one.width, one.height) for one in stored.renditions.all()} == {(96, 64)}


@pytest.mark.parametrize(
    ("size", "preview", "thumbnail"),
    [
        ((4096, 400), (2622, 256), (1741, 170)),
        ((400, 4096), (256, 2622), (170, 1741)),
        ((20_000, 20), (8192, 8), (2048, 2)),
        ((1000, 100), (1000, 100), (1000, 100)),
    ],
)
def test_renditions_of_a_very_wide_or_high_picture_are_more_than_a_line(
    ada: User, tmp_path: Path, size: tuple[int, int], preview: tuple[int, int], thumbnail: tuple[int, int]
) -> None:
    image = stored_data(ada, tmp_path, drawing.encoded(drawing.quarters(*size)))
    assert image_read(image=image)
    sizes = {one.kind: (one.width, one.height) for one in image.renditions.all()}
    assert sizes == {"preview": preview, "thumbnail": thumbnail}


def test_a_truncated_picture_is_refused_and_its_original_stays(ada: User, tmp_path: Path) -> None:
    data = drawing.encoded(Pillow.effect_noise((300, 200), 90).convert("RGB"))
    image = stored_data(ada, tmp_path, data[: len(data) // 2])
    assert not image_read(image=image)
    image.refresh_from_db()
    assert (image.state, image.reason) == (Image.State.REFUSED, "truncated")
    assert image.detail
    assert default_storage.exists(str(image.original.name))
    assert not image.renditions.exists()


def test_a_missing_original_is_refused_and_importing_it_again_restores_it(ada: User, tmp_path: Path) -> None:
    image = stored_data(ada, tmp_path, drawing.photo())
    default_storage.delete(str(image.original.name))
    assert not image_read(image=image)
    assert Image.objects.get().reason == "missing"
    image = stored_data(ada, tmp_path, drawing.photo())
    assert image.state == Image.State.STORED
    assert image_read(image=image)


def test_attempts_are_counted_before_the_work_and_a_fourth_is_refused(stored: Image) -> None:
    for attempt in (1, 2, 3):
        (claimed,) = READING.claim([stored.pk])
        assert claimed.attempts == attempt
    assert READING.claim([stored.pk]) == []
    stored.refresh_from_db()
    assert (stored.state, stored.reason) == (Image.State.REFUSED, "crashed")


def test_an_attempt_can_be_released(stored: Image) -> None:
    READING.claim([stored.pk])
    READING.release([stored.pk])
    stored.refresh_from_db()
    assert stored.attempts == 0


def test_an_image_that_is_read_cannot_be_claimed(stored: Image) -> None:
    image_read(image=stored)
    assert READING.claim([stored.pk, stored.pk + 1]) == []


def test_deleting_an_image_deletes_its_files(stored: Image, django_capture_on_commit_callbacks: type) -> None:
    image_read(image=stored)
    names = [str(stored.original.name), *(str(one.file.name) for one in stored.renditions.all())]
    with django_capture_on_commit_callbacks(execute=True):
        stored.delete()
    assert [name for name in names if default_storage.exists(name)] == []
