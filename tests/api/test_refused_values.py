"""Values that make no sense are refused with their reason, and answers are complete."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from albums.models import Album, ShareLink, Upload
from api.models import ApiToken
from faces.models import Person
from tests.faces.coloured import face
from tests.rows import image_row, image_rows

JSON: dict[str, Any] = {"content_type": "application/json"}
API = "/api/v1"


@pytest.fixture
def album(owner: User) -> Album:
    return Album.objects.create(owner=owner, name="Summer")


def test_nothing_expires_in_the_past(signed_in: Client, album: Album) -> None:
    past, future = (timezone.now() + timedelta(hours=hours) for hours in (-1, 1))
    links = f"{API}/albums/{album.pk}/links/"
    for path, data in ((links, {}), (f"{API}/me/tokens/", {"name": "Phone", "scopes": ["read"]})):
        answer = signed_in.post(path, {**data, "expires_at": past.isoformat()}, **JSON)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["expires_at"]), path
    assert not ShareLink.objects.exists()
    assert not ApiToken.objects.exists()
    made = signed_in.post(links, {"expires_at": future.isoformat()}, **JSON)
    assert made.status_code == 201
    link = f"{API}/links/{made.json()['id']}/"
    assert signed_in.patch(link, {"expires_at": past.isoformat()}, **JSON).status_code == 400
    ShareLink.objects.update(expires_at=past)
    changed = signed_in.patch(link, {"downloads": False}, **JSON)
    assert changed.status_code == 200, "an expired link can be changed without its expiry"


@pytest.mark.parametrize("day", ["2999-01-01", "0001-01-01"])
def test_a_birth_in_the_future_or_before_photography_is_refused(
    signed_in: Client, owner: User, day: str
) -> None:
    person = Person.objects.create(owner=owner, name="Anna")
    face(image_row(owner), person=person)
    answer = signed_in.patch(f"{API}/people/{person.pk}/", {"birth_date": day}, **JSON)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["birth_date"])
    page = signed_in.post(f"/people/{person.pk}/details/", {"birth_date": day}, follow=True)
    assert "date of birth" in page.content.decode()
    assert Person.objects.get().birth_date is None
    today = timezone.localdate().isoformat()
    assert signed_in.patch(f"{API}/people/{person.pk}/", {"birth_date": today}, **JSON).status_code == 200


@pytest.mark.parametrize("text", ["%", "_", "%%", ".", "*"])
def test_a_search_for_punctuation_does_not_find_everything(signed_in: Client, owner: User, text: str) -> None:
    image_rows(owner, 2)
    for name in ("Anna", "Ben", f"Mr {text}"):
        Person.objects.create(owner=owner, name=name)
    assert signed_in.get(f"{API}/images/", {"q": text}).json()["results"] == []
    found = signed_in.get(f"{API}/people/", {"q": text}).json()["results"]
    assert [person["name"] for person in found] == [f"Mr {text}"]
    offered = signed_in.get("/people/", {"q": text}).content.decode()
    assert "Anna" not in offered


def test_a_refused_zip_has_its_reason(signed_in: Client, owner: User) -> None:
    refused = {"state": Upload.State.REFUSED, "reason": "no_photo"}
    upload = Upload.objects.create(owner=owner, sha256="a" * 64, name="a.zip", size_bytes=9, **refused)
    for answer in (
        signed_in.get(f"{API}/uploads/{upload.pk}/").json(),
        signed_in.get(f"{API}/uploads/").json()["results"][0],
    ):
        assert (answer["status"], answer["reason"]) == ("refused", "no_photo")
        assert answer["detail"]
