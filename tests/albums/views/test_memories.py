"""Memories: photos of a day in earlier years, above the timeline, on their page and in the API."""

from datetime import date, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from albums.models import Image
from faces.models import Person
from tests.rows import face_row, image_row

TODAY = date(2025, 2, 28)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)


@pytest.fixture
def signed_in(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def taken(owner: User, day: str, **fields: object) -> Image:
    return image_row(owner, captured_at=datetime.fromisoformat(f"{day}T12:00"), **fields)


def test_this_day_in_earlier_years_is_above_the_timeline(signed_in: Client, ada: User) -> None:
    with_anna = taken(ada, "2022-02-28")
    face_row(with_anna, person=Person.objects.create(owner=ada, name="Anna"))
    hidden = taken(ada, "2021-02-28")
    face_row(hidden, person=Person.objects.create(owner=ada, name="Bert", hidden=True))
    leap = taken(ada, "2020-02-29")
    taken(ada, "2019-02-28", archived=True)
    taken(ada, "2025-02-28")
    taken(User.objects.create_user("eve"), "2022-02-28")
    shown = signed_in.get("/").content.decode()
    head = shown.partition('<section class="memories"')[2].partition("</section>")[0]
    assert [f"/photos/{one.pk}/" in head for one in (with_anna, hidden, leap)] == [True, False, True]
    assert "3 years ago" in head
    assert "Anna" in head
    assert "5 years ago" in head
    # The date of the owner counts.
    Image.objects.filter(pk=leap.pk).update(captured_at=None)
    assert "5 years ago" not in signed_in.get("/").content.decode()


def test_the_page_and_the_api_browse_other_days(signed_in: Client, ada: User) -> None:
    empty = signed_in.get(reverse("albums:memories")).content.decode()
    assert "No photos of this day in earlier years" in empty
    photos = [taken(ada, day) for day in ("2020-12-25", "2021-12-25", "2021-12-25", "2022-01-03")]
    shown = signed_in.get(reverse("albums:memories"), {"day": "12-25"}).content.decode()
    assert shown.index(f"/photos/{photos[1].pk}/") < shown.index(f"/photos/{photos[0].pk}/")
    assert 'href="?day=01-03"' in shown
    answer = signed_in.get("/api/v1/memories/", {"day": "12-25"}).json()
    assert [(year["date"], year["photos"], year["images"]) for year in answer["years"]] == [
        ("2021-12-25", 2, [photos[1].pk, photos[2].pk]),
        ("2020-12-25", 1, [photos[0].pk]),
    ]
    assert (answer["previous"], answer["next"]) == ("01-03", "01-03")
    assert signed_in.get("/api/v1/memories/").json()["years"] == []
    assert signed_in.get("/api/v1/memories/", {"day": "13-40"}).status_code == 400
    assert signed_in.get(reverse("albums:memories"), {"day": "13-40"}).status_code == 200


def test_the_number_of_queries_does_not_depend_on_the_photos(signed_in: Client, ada: User) -> None:
    counts: list[int] = []
    signed_in.get(reverse("albums:memories"))
    for year in (2020, 2010):
        for number in range(3):
            taken(ada, f"{year + number}-12-25")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            signed_in.get(reverse("albums:memories"), {"day": "12-25"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
