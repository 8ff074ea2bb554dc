"""albums.services.downloading.archives: originals as one zip."""

import gc
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from albums.exceptions import ArchivesBusy
from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.services.downloading import archives
from albums.services.downloading.archives import archive_stream
from tests.rows import NOON, image_rows, stored_image


def zipped(images: ImageQuerySet) -> zipfile.ZipFile:
    stream = archive_stream(images)
    try:
        made = b"".join(stream)
    finally:
        stream.close()
    assert len(made) == stream.length
    return zipfile.ZipFile(io.BytesIO(made))


@pytest.fixture(autouse=True)
def _all_slots_are_released() -> Iterator[None]:
    yield
    assert archives.places.taken == 0, "a download did not free its slot"


def test_originals_are_unchanged_and_have_their_names_and_dates(ada: User) -> None:
    images = [stored_image(ada, number=number, name=f"trip/{number}.jpg") for number in range(3)]
    with zipped(Image.objects.owned_by(ada)) as archive:
        assert sorted(archive.namelist()) == ["0.jpg", "1.jpg", "2.jpg"]
        for number, image in enumerate(images):
            assert archive.read(f"{number}.jpg") == image.original.open().read()
        assert archive.infolist()[0].date_time == (2024, 6, 15, 12, 0, 0)
        assert archive.testzip() is None


def test_names_are_unique_and_valid_on_every_system(ada: User) -> None:
    names = ["a/x.jpg", "b/x.jpg", "c/X.JPG", "x (2).jpg", 'a:b?"<>|\n.jpg', "...", "y" * 300 + ".jpeg"]
    for number, name in enumerate(names):
        stored_image(ada, number=number, name=name, captured_at=datetime(2024, 1, 1 + number, tzinfo=UTC))
    with zipped(Image.objects.owned_by(ada).order_by("captured_at")) as archive:
        found = archive.namelist()
    assert found[0] == "x.jpg"
    assert len({name.casefold() for name in found}) == len(names)
    assert not any(set(name) & set('/\\:?"<>|\n') for name in found)
    assert all(len(name.encode()) <= 210 for name in found)
    assert found[6].endswith(".jpeg")


def test_a_missing_original_is_listed_and_the_zip_stays_valid(ada: User) -> None:
    there = stored_image(ada, number=1, name="there.jpg")
    gone = stored_image(ada, number=2, name="gone.jpg")
    gone.original.storage.delete(str(gone.original.name))
    with zipped(Image.objects.owned_by(ada)) as archive:
        assert sorted(archive.namelist()) == ["Missing.txt", "there.jpg"]
        assert "gone.jpg" in archive.read("Missing.txt").decode()
        assert archive.read("there.jpg") == there.original.open().read()


def test_many_photos_are_one_query_and_no_open_file(
    ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    image_rows(ada, 300)
    with django_assert_num_queries(1):
        stream = archive_stream(Image.objects.owned_by(ada))
        b"".join(stream)
    stream.close()


def test_the_number_of_downloads_is_limited_and_closing_one_frees_a_slot(ada: User) -> None:
    stored_image(ada, captured_at=NOON)
    streams = [archive_stream(Image.objects.owned_by(ada)) for _ in range(archives.ARCHIVES_AT_ONCE)]
    with pytest.raises(ArchivesBusy):
        archive_stream(Image.objects.owned_by(ada))
    for stream in streams:
        # Also a download that is closed before its first byte.
        stream.close()
        stream.close()
    archive_stream(Image.objects.owned_by(ada)).close()


def test_a_download_that_is_lost_before_it_is_sent_frees_its_slot(ada: User) -> None:
    stored_image(ada, captured_at=NOON)
    streams = [archive_stream(Image.objects.owned_by(ada)) for _ in range(archives.ARCHIVES_AT_ONCE)]
    assert archives.places.taken == archives.ARCHIVES_AT_ONCE
    # As when a middleware raises: the response is not closed.
    del streams
    gc.collect()
    assert archives.places.taken == 0


def test_one_client_does_not_take_the_downloads_of_others(ada: User) -> None:
    images = Image.objects.owned_by(ada)
    streams = [archive_stream(images, client="192.0.2.1") for _ in range(archives.ARCHIVES_OF_CLIENT)]
    with pytest.raises(ArchivesBusy):
        archive_stream(images, client="192.0.2.1")
    streams.append(archive_stream(images, client="192.0.2.2"))
    for stream in streams:
        stream.close()
