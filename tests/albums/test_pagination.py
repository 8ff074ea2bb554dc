"""Pages of a list: complete, in order, and steady while rows come and go."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from albums.models import Image
from albums.ordering import ALBUM_ORDERS, NEWEST_FIRST, Key, in_order
from albums.pagination import InvalidCursor, page_of
from tests.rows import album_of, image_row

BY_NAME = (Key("source_path"), Key("id"))
DAY = datetime(2024, 5, 1, 12, tzinfo=UTC)


def photos(owner: User, *days: int | None) -> list[Image]:
    """Create photos taken this many days after a fixed day, or without a date for None."""
    return [
        image_row(
            owner,
            source_path=f"{number % 3}.jpg",
            captured_at=None if day is None else DAY + timedelta(days=day, microseconds=123),
        )
        for number, day in enumerate(days)
    ]


def ids(order: Any, *, limit: int) -> list[int]:
    """Return all ids, page by page."""
    found: list[int] = []
    cursor, first = "", True
    while cursor or first:
        page = page_of(Image.objects.all(), order, cursor=cursor, limit=limit)
        assert len(page.rows) <= limit
        found += [row.pk for row in page.rows]
        cursor, first = page.cursor, False
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("order", [NEWEST_FIRST, BY_NAME, (Key("id"),)])
def test_the_pages_together_are_the_list(owner: User, order: Any, limit: int) -> None:
    photos(owner, 3, None, 1, 1, 1, None, 2, None, 1)
    wanted = in_order(Image.objects.all(), order).values_list("pk", flat=True)
    assert ids(order, limit=limit) == list(wanted)


def test_rows_added_or_deleted_meanwhile_cause_no_gap_and_no_repetition(owner: User) -> None:
    rows = photos(owner, 9, 8, 7, 6, 5, 4)
    first = page_of(Image.objects.all(), NEWEST_FIRST, cursor="", limit=3)
    photos(owner, 20, 19)
    rows[0].delete()
    rows[2].delete()  # the row of the cursor
    second = page_of(Image.objects.all(), NEWEST_FIRST, cursor=first.cursor, limit=3)
    assert [row.pk for row in second.rows] == [row.pk for row in rows[3:]]


def test_an_empty_list_is_one_empty_page(owner: User) -> None:
    assert page_of(Image.objects.all(), NEWEST_FIRST, cursor="", limit=5).rows == []


def test_a_far_page_is_found_by_the_index(owner: User) -> None:
    photos(owner, 3, 2, 1)
    cursor = page_of(Image.objects.all(), NEWEST_FIRST, cursor="", limit=2).cursor
    with CaptureQueriesContext(connection) as queries:
        page_of(Image.objects.filter(owner=owner), NEWEST_FIRST, cursor=cursor, limit=5)
    assert any('"captured_at" <=' in one["sql"] for one in queries.captured_queries)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!!",
        "bnVsbA",  # null
        "WzFd",  # [1]: too few values
        "W251bGwsbnVsbCxudWxsXQ",  # [null,null,null]
        "WyJ4IiwieCIsMV0",  # ["x","x",1]
        "WyIyMDI0LTA1LTAxVDEyOjAwOjAwIiwiMjAyNC0wNS0wMVQxMjowMDowMCIsMV0",  # times without a time zone
        "W251bGwsIjIwMjQtMDUtMDFUMTI6MDA6MDArMDA6MDAiLDk5OTk5OTk5OTk5OTk5OTk5OTk5OTld",  # an id out of range
        "W251bGwsIlx1MDAwMCIsMV0",  # a null character
    ],
)
def test_an_invalid_cursor_is_refused(owner: User, cursor: str) -> None:
    photos(owner, 1)
    with pytest.raises(InvalidCursor):
        page_of(Image.objects.all(), NEWEST_FIRST, cursor=cursor, limit=5)


def test_photos_by_the_time_they_were_added_to_an_album_come_page_by_page(owner: User) -> None:
    """The order is an annotation, not a field of the photos."""
    album = album_of(owner, *photos(owner, 1, 2, 3), sort="added")
    Image.objects.update(state=Image.State.READY)
    rows, order = Image.objects.in_album(album), ALBUM_ORDERS[album.sort]
    first = page_of(rows, order, cursor="", limit=2)
    assert first.rows + page_of(rows, order, cursor=first.cursor, limit=2).rows == list(rows)
