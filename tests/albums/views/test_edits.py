"""Dates, places, descriptions and tags of one photo and of many: set, found, undone, and not overwritten."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from albums.imaging import Metadata
from albums.models import Image, PhotoChange
from albums.services.downloading.data_export import _photo
from albums.services.editing import town_names
from albums.services.reading import places, town_index
from albums.services.reading.metadata import image_metadata_store
from tests.rows import image_row

JSON = {"Accept": "application/json"}
TOWNS = [
    ("Lyon", "FR", "Auvergne-Rhône-Alpes", 45.74846, 4.84671, 522_000),
    ("Springfield", "US", "Illinois", 39.80172, -89.64371, 114_000),
    ("Springfield", "US", "Missouri", 37.21533, -93.29824, 169_000),
    ("New York City", "US", "New York", 40.71427, -74.00597, 8_800_000),
]
KEYS = ("city", "country_code", "state", "latitude", "longitude", "population")


@pytest.fixture(autouse=True)
def towns(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Few towns: those of the whole world take seconds to prepare; tests/albums/services/reading does it."""
    path = tmp_path / "towns.sqlite"
    town_index.index_write(path, [dict(zip(KEYS, town, strict=True)) for town in TOWNS])
    few = town_index.TownIndex(path)
    for module in (places, town_names):
        monkeypatch.setattr(module, "town_index", lambda: few)


@pytest.fixture
def signed_in(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def three(ada: User) -> list[Image]:
    """Photos with a time, with a day alone, and without a date."""
    clock = datetime.fromisoformat("2020-05-01T10:00:00.000250")
    timed = image_row(ada, captured_at=clock, captured_source="exif", latitude=48.0, longitude=2.0)
    day = image_row(
        ada,
        captured_at=datetime.fromisoformat("2020-05-02"),
        captured_has_time=False,
        captured_source="file_name",
    )
    return [timed, day, image_row(ada, captured_at=None, description="of the file")]


def post(client: Client, name: str, images: list[Image], **data: Any) -> dict[str, Any]:
    ids = ",".join(str(image.pk) for image in images)
    answer = client.post(reverse(f"albums:{name}"), {"image": ids, **data}, headers=JSON)
    return {"status": answer.status_code, **answer.json()}


def dates(images: list[Image]) -> list[str | None]:
    for image in images:
        image.refresh_from_db()
    return [image.captured.text if image.captured else None for image in images]


BEFORE = ["2020-05-01T10:00:00.000250", "2020-05-02", None]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"date": "1999-12-31"}, ["1999-12-31", "1999-12-31", "1999-12-31"]),
        (
            {"date": "1999-12-31", "keeps_time": "on"},
            ["1999-12-31T10:00:00.000250", "1999-12-31", "1999-12-31"],
        ),
        ({"how": "unknown"}, [None, None, None]),
        ({"how": "shift", "hours": "30"}, ["2020-05-02T16:00:00.000250", "2020-05-03", None]),
        (
            {"how": "shift", "minutes": "1", "earlier": "on"},
            ["2020-05-01T09:59:00.000250", "2020-05-02", None],
        ),
        ({"how": "shift", "days": "36500"}, BEFORE),
    ],
)
def test_dates_of_a_selection_are_set_and_shifted_and_undone(
    signed_in: Client, three: list[Image], data: dict[str, str], expected: list[str | None]
) -> None:
    answer = post(signed_in, "selection_date", three, **data)
    assert answer["status"] == 200
    assert dates(three) == expected
    if expected != BEFORE:
        assert signed_in.post(answer["undo"], headers=JSON).json()["ids"] == answer["ids"]
        assert PhotoChange.objects.get().undone_at
    assert dates(three) == BEFORE
    assert three[0].captured_source == "exif"


def test_an_undo_leaves_what_was_changed_since(signed_in: Client, three: list[Image]) -> None:
    first = post(signed_in, "selection_date", three, date="1999-12-31")
    post(signed_in, "selection_date", three[:1], date="2001-01-01")
    answer = signed_in.post(first["undo"], headers=JSON).json()
    assert dates(three) == ["2001-01-01", *BEFORE[1:]]
    assert "1 photo was changed again" in answer["message"]
    assert signed_in.post(first["undo"], headers=JSON).status_code == 400


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("selection_date", {}),
        ("selection_date", {"date": "2999-01-01"}),
        ("selection_date", {"how": "shift"}),
        ("selection_date", {"how": "nonsense", "date": "2000-01-01"}),
        ("selection_place", {"place": ""}),
        ("selection_place", {"place": "Atlantis"}),
        ("selection_place", {"place": "91, 2"}),
        ("selection_tags", {}),
        ("selection_tags", {"tags": "x" * 101}),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(
    signed_in: Client, three: list[Image], name: str, data: dict[str, str]
) -> None:
    answer = post(signed_in, name, three, **data)
    assert (answer["status"], bool(answer["message"])) == (400, True)
    assert not PhotoChange.objects.exists()


@pytest.mark.parametrize(
    ("typed", "place", "country"),
    [
        ("lyon, france", "Lyon", "FR"),
        ("Springfield, Illinois, United States", "Springfield", "US"),
        ("New York", "New York City", "US"),
        ("45.75, 4.85", "Lyon", "FR"),
    ],
)
def test_the_place_of_the_owner_wins_over_every_reading(
    signed_in: Client, three: list[Image], typed: str, place: str, country: str
) -> None:
    answer = post(signed_in, "selection_place", three, place=typed)
    image = three[0]
    image.refresh_from_db()
    assert (image.place, image.country, image.place_by_owner) == (place, country, True)
    image_metadata_store(image=image, metadata=Metadata(latitude=10.0, longitude=20.0))
    image.save()
    assert image.place == place
    shown = signed_in.get(f"/api/v1/images/{image.pk}/").json()
    assert (shown["of_file"]["latitude"], shown["place_by_owner"]) == (10.0, True)
    assert _photo(image)["facts"]["position"] == (10.0, 20.0)
    signed_in.post(answer["undo"])
    image.refresh_from_db()
    assert (image.latitude, image.longitude, image.place_by_owner) == (10.0, 20.0, False)
    assert "position" not in image.facts


def test_a_description_of_the_owner_survives_also_an_empty_one(signed_in: Client, three: list[Image]) -> None:
    image = three[2]
    answer = post(signed_in, "selection_description", three, description="")
    assert answer["ids"] == [one.pk for one in three]
    image.refresh_from_db()
    image_metadata_store(image=image, metadata=Metadata(description="read again"))
    image.save()
    assert image.description == ""
    post(signed_in, "selection_description", three[2:], how="file")
    image.refresh_from_db()
    assert image.description == "read again"


def test_tags_are_completed_searched_and_spelled_as_before(signed_in: Client, three: list[Image]) -> None:
    post(signed_in, "selection_tags", three[:2], tags="Été , beach,Beach")
    post(signed_in, "selection_tags", three[2:], tags="ete")
    post(signed_in, "selection_tags", three[:1], remove="BEACH")
    assert [Image.objects.get(pk=image.pk).tags for image in three] == [["Été"], ["beach", "Été"], ["Été"]]
    completed = signed_in.get(reverse("albums:completions"), {"of": "tags", "q": "et"}).json()
    assert completed == {"choices": ["Été"]}
    for query in ({"tag": "beach"}, {"q": "beach"}):
        found = signed_in.get("/api/v1/images/", query).json()
        assert [row["id"] for row in found["results"]] == [three[1].pk], query
    assert "Été" in signed_in.get(reverse("albums:photo", args=[three[0].pk])).content.decode()


def test_only_own_photos_change(signed_in: Client, three: list[Image]) -> None:
    other = image_row(User.objects.create_user("eve"), captured_at=None)
    answer = post(signed_in, "selection_date", [*three, other], date="1999-12-31")
    assert other.pk not in answer["ids"]
    assert dates([other]) == [None]
    change = PhotoChange.objects.get()
    signed_in.force_login(other.owner)
    assert signed_in.post(reverse("albums:photo_change_undo", args=[change.pk])).status_code == 404
    assert signed_in.post(f"/api/v1/photo-changes/{change.pk}/undo/").status_code == 404


def test_the_api_edits_lists_and_undoes(signed_in: Client, three: list[Image]) -> None:
    ids = [image.pk for image in three]
    sent = {"images": ids, "shift_minutes": -60, "town": "Lyon", "add_tags": ["trip"], "description": "x"}
    answer = signed_in.post("/api/v1/images/edit/", sent, content_type="application/json").json()
    assert [change["kind"] for change in answer["changes"]] == ["date", "place", "description", "tags"]
    assert answer["images"] == ids
    listed = signed_in.get("/api/v1/photo-changes/").json()["results"]
    assert [change["kind"] for change in listed] == ["tags", "description", "place", "date"]
    for change in answer["changes"]:
        undone = signed_in.post(f"/api/v1/photo-changes/{change['id']}/undo/").json()
        assert undone["change"]["undone_at"]
    assert signed_in.post(f"/api/v1/photo-changes/{change['id']}/undo/").status_code == 409
    assert dates(three) == BEFORE
    assert three[2].description == "of the file"
    nothing = {"images": ids, "shift_minutes": 0}
    assert signed_in.post("/api/v1/images/edit/", nothing, content_type="application/json").status_code == 400
    one = signed_in.patch(
        f"/api/v1/images/{ids[0]}/", {"town": "Lyon", "tags": ["a"]}, content_type="application/json"
    ).json()
    assert (one["place"], one["tags"]) == ("Lyon", ["a"])


def test_the_history_lists_changes_with_their_undo(signed_in: Client, three: list[Image]) -> None:
    page = reverse("albums:photo_changes")
    assert "No changes yet" in signed_in.get(page).content.decode()
    post(signed_in, "selection_date", three, date="1999-12-31")
    shown = signed_in.get(page).content.decode()
    assert "Date of 3 photos changed" in shown or "Dates of 3 photos changed" in shown
    assert reverse("albums:photo_change_undo", args=[PhotoChange.objects.get().pk]) in shown
    assert "edit-shift" in signed_in.get(reverse("albums:selection_edits")).content.decode()
