"""The timeline in pieces of whole days."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from albums.models import Image
from albums.services.arranging import timeline
from albums.services.arranging.timeline import (
    Place,
    day_counts,
    day_of,
    ids_between,
    month_continues,
    photos_at,
    piece_photos,
    pieces_of,
)
from tests.rows import NOON, image_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "PIECE", 5)


def library(owner: User, days: list[int], *, undated: int = 0) -> list[Image]:
    """Create this many photos for each day, backwards from `NOON`."""
    images = image_rows(owner, sum(days) + undated)
    of_days = [(day, number) for day, count in enumerate(days) for number in range(count)]
    moments = [NOON - timedelta(days=day, minutes=number) for day, number in of_days]
    for image, moment in zip(images, [*moments, *[None] * undated], strict=True):
        image.captured_at = moment
    Image.objects.bulk_update(images, ["captured_at"])
    return list(Image.objects.owned_by(owner))


@pytest.mark.parametrize(
    ("days", "undated", "pieces"),
    [
        ([], 0, []),
        ([1], 0, [1]),
        ([2, 2, 1, 1, 4], 0, [5, 5]),
        ([3, 3, 3], 0, [3, 3, 3]),
        ([2, 12, 1, 1], 0, [2, 5, 5, 2, 2]),
        ([10], 0, [5, 5]),
        ([5, 5], 0, [5, 5]),
        ([2], 2, [2, 2]),
        ([2], 11, [2, 5, 5, 1]),
        ([], 3, [3]),
    ],
)
def test_pieces_hold_whole_days_and_further_reads_split_at_the_same_places(
    ada: User, days: list[int], undated: int, pieces: list[int]
) -> None:
    order = [image.pk for image in library(ada, days, undated=undated)]
    mine = Image.objects.owned_by(ada)
    found = pieces_of(day_counts(mine))
    assert [piece.photos for piece in found] == pieces
    by_piece = [
        image.pk
        for piece in found
        for image in piece_photos(mine, first=piece.first, last=piece.last, skip=piece.skip, take=piece.take)
    ]
    assert by_piece == order
    read_on, place = [], None
    for count in pieces:
        images, place = photos_at(mine, place)
        assert len(images) == count
        read_on += [image.pk for image in images]
    assert (read_on, place) == (order, None)


def test_a_piece_has_the_total_width_of_its_photos(ada: User) -> None:
    library(ada, [2, 1])
    (piece,) = pieces_of(day_counts(Image.objects.all()))
    assert (piece.days, piece.shape) == (2, 4.5)
    assert (piece.first, piece.last) == (date(2024, 6, 15), date(2024, 6, 14))


def test_a_library_of_any_size_costs_two_queries(ada: User) -> None:
    library(ada, [1] * 40)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        photos_at(Image.objects.owned_by(ada), Place(date(2024, 6, 1)))
    assert len(queries) <= 2


def test_days_are_those_of_the_clock_at_the_place_in_every_time_zone(ada: User, settings: object) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"  # type: ignore[attr-defined]
    library(ada, [1])
    Image.objects.update(captured_at=datetime.fromisoformat("2024-06-15T23:30"), captured_offset=-420)
    image = Image.objects.get()
    assert day_of(image) == date(2024, 6, 15)
    assert [row.day for row in day_counts(Image.objects.all())] == [date(2024, 6, 15)]
    assert photos_at(Image.objects.all(), Place(date(2024, 6, 14)))[0] == []
    assert photos_at(Image.objects.all(), Place(date(2024, 6, 15)))[0] == [image]


def test_a_very_wide_or_high_picture_reserves_the_width_of_its_tile(ada: User) -> None:
    """65,000 x 20 pixels reserved 111,979 pixels of the page."""
    image_rows(ada, 2, apart=timedelta(0), shapes=[(65_000, 20), (20, 65_000)])
    (day,) = day_counts(Image.objects.all())
    assert day.shape == pytest.approx(3.0 + 0.4)


def test_the_last_possible_day_is_not_an_error(ada: User) -> None:
    library(ada, [1])
    assert len(photos_at(Image.objects.all(), Place(date.max))[0]) == 1
    assert photos_at(Image.objects.all(), Place(date.min))[0] == []


def test_ids_between_two_photos_are_the_same_in_both_directions(ada: User, grace: User) -> None:
    order = [image.pk for image in library(ada, [3, 3], undated=3)]
    # Photos of the same time are ordered by their ids.
    Image.objects.filter(pk__in=order[2:5]).update(captured_at=NOON - timedelta(hours=3))
    mine = Image.objects.owned_by(ada)
    order = list(mine.values_list("pk", flat=True))
    for first in range(9):
        for last in range(first, 9):
            wanted = order[first : last + 1]
            assert ids_between(mine, first=order[first], last=order[last]) == wanted
            assert ids_between(mine, first=order[last], last=order[first]) == wanted
    theirs = image_rows(grace, 1)[0]
    assert ids_between(mine, first=order[0], last=theirs.pk) == []


def test_a_month_that_continues_has_no_second_heading(ada: User) -> None:
    library(ada, [1] * 20, undated=1)
    mine = Image.objects.owned_by(ada)
    assert not month_continues(mine, first=date(2024, 6, 15), skip=0)
    assert month_continues(mine, first=date(2024, 6, 15), skip=5)
    assert month_continues(mine, first=date(2024, 6, 14), skip=0)
    assert not month_continues(mine, first=date(2024, 5, 31), skip=0)
    assert not month_continues(mine, first=None, skip=0)
