"""The clock where a photo was taken, everywhere; and the owner's date, which wins."""

import json
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from albums.models import Image, PhotoChange
from albums.ordering import NEWEST_FIRST, in_order
from albums.services.arranging.capture_times import (
    ImplausibleDate,
    capture_of_owner,
)
from albums.services.arranging.timeline import day_counts, day_of
from albums.services.downloading.archives import archive_stream
from albums.services.downloading.data_export import ExportOptions, export_stream
from albums.services.editing.instructions import Instruction, dates_set, values_reset
from albums.services.editing.photo_changes import photos_change
from albums.services.reading.metadata import images_describe
from albums.services.reading.renditions import image_read
from albums.services.searching.dates import dates_of_value
from albums.services.uploading.uploads import image_store
from tests import drawing


def photo(owner: User, folder: Path, name: str = "late.jpg", **tags: str) -> Image:
    """A photo that was imported and read."""
    path = folder / name
    path.write_bytes(
        drawing.encoded(drawing.quarters(seed=sum(name.encode())), exif=drawing.exif(None, **tags))
    )
    image = image_store(owner=owner, source=path, source_path=name).image
    assert image is not None
    assert image_read(image=image)
    image.refresh_from_db()
    return image


def change(owner: User, instruction: Instruction) -> None:
    photos_change(images=Image.objects.all(), instruction=instruction, by=owner)


@pytest.fixture
def late(ada: User, tmp_path: Path, settings: Any) -> Image:
    """A photo of the first of July by the clock at the place, of the second in UTC."""
    settings.TIME_ZONE = "Pacific/Auckland"
    return photo(ada, tmp_path, DateTimeOriginal="2024:07:01 23:30:00", OffsetTimeOriginal="-07:00")


def found(dates: str) -> list[Image]:
    searched = dates_of_value(dates)
    assert searched is not None
    return list(Image.objects.filter(searched.condition))


def test_a_photo_is_on_the_day_of_the_clock_at_the_place(late: Image) -> None:
    assert late.captured is not None
    assert late.captured.text == "2024-07-01T23:30:00-07:00"
    assert day_of(late) == date(2024, 7, 1)
    assert [row.day for row in day_counts(Image.objects.all())] == [date(2024, 7, 1)]


def test_a_search_finds_it_by_that_day(late: Image) -> None:
    for dates in ("2024-07-01", "month-7", "2024-07"):
        assert found(dates) == [late], dates
    assert not found("2024-07-02")
    assert not found("2024-06")
    Image.objects.update(captured_at=capture_of_owner("2024-06-30T23:59:59").clock)
    assert found("month-6") == [late]


def test_photos_of_a_day_are_sorted_by_the_clock(late: Image, ada: User, tmp_path: Path) -> None:
    # At the same place by UTC this would be two hours later; its clock was earlier.
    earlier = photo(
        ada, tmp_path, "early.jpg", DateTimeOriginal="2024:07:01 22:30:00", OffsetTimeOriginal="-10:00"
    )
    assert list(in_order(Image.objects.all(), NEWEST_FIRST)) == [late, earlier]


def test_zips_and_exports_have_the_clock(late: Image, ada: User) -> None:
    stream = archive_stream(Image.objects.owned_by(ada))
    with zipfile.ZipFile(BytesIO(b"".join(stream))) as archive:
        assert archive.infolist()[0].date_time == (2024, 7, 1, 23, 30, 0)
    stream.close()
    exported = BytesIO(b"".join(export_stream(owner=ada, options=ExportOptions())))
    with zipfile.ZipFile(exported) as archive:
        (row,) = json.loads(archive.read("photos.json"))
    assert (row["captured_at"], row["captured_source"]) == ("2024-07-01T23:30:00-07:00", "exif")


def test_without_a_date_in_the_file_its_name_is_a_guess(ada: User, tmp_path: Path) -> None:
    guessed = photo(ada, tmp_path, "IMG-20190524-WA0001.jpg")
    assert (guessed.captured_source, guessed.captured_has_time) == ("file_name", False)
    assert day_of(guessed) == date(2019, 5, 24)


@pytest.mark.parametrize("text", ["2020-02-03T04:05:06+02:00", "2020-02-03", None])
def test_the_date_of_the_owner_survives_every_reading(late: Image, text: str | None) -> None:
    captured = capture_of_owner(text) if text else None
    change(late.owner, dates_set(captured=captured))
    late.refresh_from_db()
    assert image_read(image=late)
    Image.objects.update(facts={**late.facts, "read": 0})
    assert images_describe(count=9) == 1
    late.refresh_from_db()
    assert (late.captured, late.captured_source) == (captured, "owner")
    change(late.owner, values_reset(kind=PhotoChange.Kind.DATE))
    late.refresh_from_db()
    assert late.captured is not None
    assert late.captured.text == "2024-07-01T23:30:00-07:00"
    assert late.captured_source == "exif"
    assert "captured" not in late.facts


def test_a_photo_without_a_date_has_none_again(ada: User, tmp_path: Path) -> None:
    undated = photo(ada, tmp_path, "sea.jpg")
    for day in ("1969-07-20", "1969-07-21"):
        change(ada, dates_set(captured=capture_of_owner(day)))
    change(ada, values_reset(kind=PhotoChange.Kind.DATE))
    undated.refresh_from_db()
    assert (undated.captured, undated.captured_source) == (None, "")


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2999-01-01", "1700-01-01", "2020-13-01", "2020-01-01" * 9]
)
def test_an_implausible_date_is_refused(text: str) -> None:
    with pytest.raises(ImplausibleDate):
        capture_of_owner(text)


def test_what_was_read_stays_when_the_file_cannot_be_read_any_more(late: Image) -> None:
    Image.objects.update(facts={"iso": "100", "read": 2}, camera="X100")
    late.original.storage.delete(str(late.original.name))
    assert images_describe(count=9) == 1
    late.refresh_from_db()
    assert (late.camera, late.facts["iso"], day_of(late)) == ("X100", "100", date(2024, 7, 1))
