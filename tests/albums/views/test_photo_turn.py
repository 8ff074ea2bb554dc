"""A photo is turned on its page and in the API by its owner, undone, and shown turned everywhere."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from albums.models import AlbumMember, Image, Job
from albums.services.jobs.running import RunOutcome, job_run
from tests.rows import NOON, album_of, stored_image, whole


@pytest.fixture
def signed_in(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def image(ada: User) -> Image:
    """A photo of 96 x 64."""
    return stored_image(ada)


def turn(client: Client, image: Image, to: str) -> str:
    """Turn it, and return the address that undoes that."""
    client.post(reverse("albums:photo_turn", args=[image.pk]), {"to": to})
    page = client.get(reverse("albums:photo", args=[image.pk])).content.decode()
    return page.partition(f'action="{reverse("albums:photo_turn_undo", args=[image.pk])}')[2].partition('"')[
        0
    ]


def state(image: Image) -> tuple[int, int | None, int | None]:
    image.refresh_from_db()
    return image.turns, image.width, image.height


def test_an_owner_turns_a_photo_and_undoes_it(signed_in: Client, image: Image) -> None:
    assert turn(signed_in, image, "left") == "?turns=0"
    assert state(image) == (3, 64, 96)
    undo = turn(signed_in, image, "left")
    assert (state(image), undo) == ((2, 96, 64), "?turns=3")
    signed_in.post(reverse("albums:photo_turn_undo", args=[image.pk]) + undo)
    assert state(image) == (3, 64, 96)
    turn(signed_in, image, "right")
    assert state(image) == (0, 96, 64)
    for address in ("photo_turn", "photo_turn_undo"):
        signed_in.post(reverse(f"albums:{address}", args=[image.pk]) + "?turns=4", {"to": "upwards"})
        assert state(image) == (0, 96, 64), "what is no turn changes nothing"


def test_a_browser_that_stored_the_picture_before_asks_for_the_turned_one(
    signed_in: Client, image: Image
) -> None:
    album = album_of(image.owner, image, stored_image(image.owner, number=2, captured_at=NOON - timedelta(1)))
    before = signed_in.get(f"/photos/{image.pk}/thumbnail.jpg?t=0")
    turn(signed_in, image, "right")
    for page in (f"/photos/{image.pk}/", "/", f"/albums/{album.pk}/", "/albums/"):
        shown = signed_in.get(page).content.decode()
        assert f"/photos/{image.pk}/{'preview' if 'photos' in page else 'thumbnail'}.jpg?t=1" in shown, page
    after = signed_in.get(f"/photos/{image.pk}/thumbnail.jpg?t=1")
    assert "immutable" in after.headers["Cache-Control"]
    assert after.headers["ETag"] != before.headers["ETag"]
    assert whole(after) != whole(before)
    for old in ("?t=0", ""):
        response = signed_in.get(f"/photos/{image.pk}/thumbnail.jpg{old}")
        assert "immutable" not in response.headers["Cache-Control"]
        assert whole(response) == whole(signed_in.get(f"/photos/{image.pk}/thumbnail.jpg?t=1"))


def test_the_original_is_downloaded_as_it_was(signed_in: Client, image: Image) -> None:
    before = whole(signed_in.get(f"/photos/{image.pk}/original"))
    turn(signed_in, image, "right")
    assert whole(signed_in.get(f"/photos/{image.pk}/original")) == before
    # The viewer draws it as the photo is turned.
    page = signed_in.get(f"/photos/{image.pk}/").content.decode()
    assert 'data-turns="1"' in page


def test_a_selection_is_turned_by_a_job_and_turned_back(signed_in: Client, image: Image, ada: User) -> None:
    second = stored_image(ada, number=3)
    theirs = stored_image(User.objects.create_user("eve"), number=7)
    sent = {"image": f"{image.pk},{second.pk},{theirs.pk}", "to": "right"}
    json = {"Accept": "application/json"}
    answer = signed_in.post(reverse("albums:selection_turn"), sent, headers=json).json()
    assert signed_in.get(answer["job"]).json()["unfinished"]
    assert job_run(job_id=Job.objects.get().pk) == RunOutcome.ENDED
    assert [state(one)[0] for one in (image, second, theirs)] == [1, 1, 0]
    ended = signed_in.get(answer["job"]).json()
    assert "2 photos turned" in ended["message"]
    # A run after one that was killed leaves what is turned.
    turn(signed_in, second, "right")
    Job.objects.update(state=Job.State.WAITING)
    job_run(job_id=Job.objects.get().pk)
    assert [state(one)[0] for one in (image, second)] == [1, 2]
    again = signed_in.post(ended["undo"], headers=json).json()
    assert signed_in.post(ended["undo"], headers=json).status_code == 400
    job_run(job_id=Job.objects.latest("pk").pk)
    undone = signed_in.get(again["job"]).json()["message"]
    assert undone.startswith("Undone: 2 photos turned 1 photo was changed again")
    assert [state(one)[0] for one in (image, second)] == [0, 2]
    body = {"images": [image.pk], "quarters": -1}
    response = signed_in.post("/api/v1/images/turn/", body, content_type="application/json")
    assert (response.status_code, response.json()["kind"]) == (202, "edit")
    refused = signed_in.post(reverse("albums:selection_turn"), {"image": str(image.pk)}, headers=json)
    assert refused.status_code == 400


def test_others_cannot_turn_it(signed_in: Client, image: Image, ada: User) -> None:
    eve = User.objects.create_user("eve")
    theirs = stored_image(eve, number=7)
    AlbumMember.objects.create(album=album_of(eve, theirs), user=ada, role=AlbumMember.Role.EDITOR)
    assert signed_in.get(f"/photos/{theirs.pk}/").status_code == 200
    assert b"photo_turn" not in signed_in.get(f"/photos/{theirs.pk}/").content
    for address in ("photo_turn", "photo_turn_undo"):
        url = reverse(f"albums:{address}", args=[theirs.pk]) + "?turns=1"
        assert signed_in.post(url, {"to": "left"}).status_code == 404
    api = f"/api/v1/images/{theirs.pk}/"
    assert signed_in.patch(api, {"turns": 1}, content_type="application/json").status_code == 404
    assert state(theirs) == (0, 96, 64)


def test_a_photo_whose_original_is_gone_says_why_it_is_not_turned(signed_in: Client, image: Image) -> None:
    image.original.storage.delete(str(image.original.name))
    turn(signed_in, image, "left")
    assert state(image) == (0, 96, 64)
    answer = signed_in.patch(f"/api/v1/images/{image.pk}/", {"turns": 1}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "missing")


@pytest.mark.parametrize("turns", [1, 2])
def test_the_api_turns_a_photo(signed_in: Client, image: Image, turns: int) -> None:
    address = f"/api/v1/images/{image.pk}/"
    before = signed_in.get(address).json()
    for _again in range(2):
        answer = signed_in.patch(address, {"turns": turns}, content_type="application/json").json()
        assert (answer["turns"], answer["width"]) == (turns, 64 if turns == 1 else 96)
        assert answer["renditions"][0]["width"] == answer["width"]
    assert signed_in.patch(address, {"turns": 0}, content_type="application/json").json() == before


@pytest.mark.parametrize("sent", [{"turns": 4}, {"turns": -1}, {"turns": "x"}, {"turns": None}])
def test_the_api_names_what_is_wrong(signed_in: Client, image: Image, sent: Mapping[str, object]) -> None:
    answer = signed_in.patch(f"/api/v1/images/{image.pk}/", sent, content_type="application/json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["turns"])


def test_a_photo_that_is_not_read_yet_cannot_be_turned(signed_in: Client, image: Image) -> None:
    Image.objects.update(state=Image.State.STORED)
    assert signed_in.post(reverse("albums:photo_turn", args=[image.pk]), {"to": "left"}).status_code == 404
    answer = signed_in.patch(f"/api/v1/images/{image.pk}/", {"turns": 1}, content_type="application/json")
    assert answer.status_code == 409
