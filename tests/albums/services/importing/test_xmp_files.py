"""XMP files beside the pictures of a folder give the photos their values; the owner's win."""

import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from albums.models import Image
from albums.services.arranging.tags import image_set_tags
from albums.services.reading.renditions import image_read
from tests import drawing
from tests.albums.imaging.test_keywords import bag, xmp

pytestmark = pytest.mark.django_db


def run(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(image_ids: Iterable[int]) -> None:
        for image in Image.objects.filter(pk__in=list(image_ids)):
            image_read(image=image)

    monkeypatch.setattr("albums.management.commands.import_folder.request_reading", work)
    call_command("import_folder", str(path), stdout=io.StringIO())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    drawing.write_photo(folder / "a.jpg", 1)
    drawing.write_photo(folder / "IMG_20190717_100000.jpg", 2)
    drawing.write_photo(folder / "damaged.jpg", 3)
    values = xmp(
        bag("dc:subject", "Lyon", "market"), 'exif:DateTimeOriginal="2019-07-17T12:00:00" xmp:Rating="4"'
    )
    (folder / "a.jpg.xmp").write_bytes(values)
    (folder / "IMG_20190717_100000.XMP").write_bytes(values)
    (folder / "damaged.xmp").write_bytes(b"<x")
    return folder


def test_photos_have_the_values_of_their_xmp_files(
    ada: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, monkeypatch)
    noon = datetime(2019, 7, 17, 12)  # noqa: DTZ001
    for name in ("a.jpg", "IMG_20190717_100000.jpg"):
        photo = Image.objects.get(source_path=name)
        assert (photo.captured_at, photo.tags, photo.facts["rating"]) == (noon, ["Lyon", "market"], "4")
    assert Image.objects.get(source_path="damaged.jpg").tags == []


def test_a_changed_file_changes_them_and_the_owner_wins(
    ada: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, monkeypatch)
    mine = Image.objects.get(source_path="a.jpg")
    image_set_tags(mine, ["Mine"])
    mine.save()
    for name in ("a.jpg.xmp", "IMG_20190717_100000.XMP"):
        (folder / name).write_bytes(xmp(bag("dc:subject", "Paris")))
    run(folder, monkeypatch)
    assert Image.objects.get(source_path="a.jpg").tags == ["Mine"]
    other = Image.objects.get(source_path="IMG_20190717_100000.jpg")
    assert (other.tags, "rating" in other.facts) == (["Paris"], False)
    assert other.captured_at == datetime(2019, 7, 17, 10)  # noqa: DTZ001
