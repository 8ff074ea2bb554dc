"""Look-alike galleries in the API: for their owner, members, and visitors with a link."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from albums.models import Album, ShareLink
from tests.faces.coloured import ColourDetector, drawn, face, photo
from tests.faces.conftest import detector
from tests.faces.galleries import Gallery, gallery_create
from tests.rows import whole

__all__ = ["detector"]


@pytest.fixture
def gallery(ada: User, grace: User) -> Gallery:
    cache.clear()
    return gallery_create(ada, grace)


@pytest.fixture
def member(client: Client, grace: User) -> Client:
    client.force_login(grace)
    return client


def picture(**people: tuple[int, int, int]) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.png", drawn(**(people or {"red": (150, 60, 200)})))


def post(client: Client, path: str, **data: Any) -> Any:
    return client.post(f"/api/v1/{path}", data, content_type="application/json")


def test_the_best_match_of_a_gallery_is_a_path_and_a_name(
    member: Client, gallery: Gallery, detector: ColourDetector
) -> None:
    sent = {"picture": picture(), "gallery": gallery.album.pk}
    answer = member.post("/api/v1/lookalike/best/", sent)
    assert answer.json() == {"path_to_file": "Rose/1.png", "name": "Rose"}
    assert member.post("/api/v1/lookalike/best/", {"picture": picture()}).json()["path_to_file"] is None


def test_a_stored_face_is_compared_with_the_people_of_a_gallery(
    member: Client, grace: User, gallery: Gallery
) -> None:
    mine = face(photo(grace, blue=(10, 10, 100)), "blue")
    found = post(member, "lookalike/", face=mine.pk, gallery=gallery.album.pk).json()
    assert found["people"][0]["name"] == "Bela"
    assert found["people"][0]["probability"] > 0.9
    assert {one["face"] for one in found["people"]} == {one.pk for one in gallery.faces.values()}
    best = post(member, "lookalike/best/", face=mine.pk, gallery=gallery.album.pk).json()
    assert best == {"path_to_file": "Bela/1.png", "name": "Bela"}


def test_galleries_are_listed_with_their_people(member: Client, gallery: Gallery) -> None:
    (row,) = member.get("/api/v1/galleries/").json()["results"]
    assert row == {
        "id": gallery.album.pk,
        "owner": "ada",
        "name": "Stars",
        "photo_count": 3,
        "people_count": 3,
    }


def test_accounts_without_access_get_404_for_gallery_faces_and_crops(
    client: Client, gallery: Gallery
) -> None:
    eve = User.objects.create_user("eve")
    client.force_login(eve)
    mine, red = face(photo(eve, red=(10, 10, 100)), "red"), gallery.faces["red"]
    assert client.get("/api/v1/galleries/").json()["results"] == []
    for path in ("lookalike/", "lookalike/best/"):
        assert post(client, path, face=mine.pk, gallery=gallery.album.pk).status_code == 404
    crop = f"/api/v1/faces/{red.pk}/crop/"
    assert client.get(crop).status_code == client.get(crop, {"gallery": gallery.album.pk}).status_code == 404
    assert client.get(f"/api/v1/faces/{red.pk}/").status_code == 404


def test_members_get_crops_of_the_gallery_and_no_others(member: Client, gallery: Gallery) -> None:
    red, query = gallery.faces["red"], {"gallery": gallery.album.pk}
    assert whole(member.get(f"/api/v1/faces/{red.pk}/crop/", query)).startswith(b"\xff\xd8")
    assert member.get(f"/api/v1/faces/{red.pk}/crop/").status_code == 404
    assert member.get(f"/api/v1/faces/{gallery.outside.pk}/crop/", query).status_code == 404


def test_only_the_owner_makes_an_album_a_gallery(client: Client, ada: User, gallery: Gallery) -> None:
    client.force_login(User.objects.get(username="grace"))
    path = f"/api/v1/albums/{gallery.album.pk}/"
    assert client.patch(path, {"gallery": False}, content_type="application/json").status_code == 403
    client.force_login(ada)
    changed = client.patch(path, {"gallery": False}, content_type="application/json")
    assert changed.json()["gallery"] is False
    assert client.patch(path, {"name": "B"}, content_type="application/json").json()["gallery"] is False
    assert client.get("/api/v1/galleries/").json()["results"] == []


def test_a_visitor_asks_through_a_link_that_allows_it(
    client: Client, gallery: Gallery, detector: ColourDetector
) -> None:
    shared = f"/api/v1/shared/{gallery.link.token}/"
    assert client.get(shared).json()["lookalike"] is True
    found = client.post(f"{shared}lookalike/", {"picture": picture()}).json()
    assert found["people"][0] == {
        "distance": pytest.approx(0.08, abs=0.08),
        "probability": pytest.approx(1, abs=0.01),
        "name": "Rose",
        "face": gallery.faces["red"].pk,
        "image": gallery.faces["red"].image_id,
    }
    assert {one["face"] for one in found["people"]} == {one.pk for one in gallery.faces.values()}
    assert whole(client.get(f"{shared}faces/{gallery.faces['red'].pk}/crop/")).startswith(b"\xff\xd8")
    assert client.get(f"{shared}faces/{gallery.outside.pk}/crop/").status_code == 404
    ShareLink.objects.update(shows_names=False)
    people = client.post(f"{shared}lookalike/", {"picture": picture()}).json()["people"]
    assert {one["name"] for one in people} == {""}


def test_a_link_that_does_not_allow_it_refuses(client: Client, gallery: Gallery) -> None:
    shared = f"/api/v1/shared/{gallery.link.token}/"
    ShareLink.objects.update(lookalike=False)
    for album_is_gallery in (True, False):
        for answer in (
            client.post(f"{shared}lookalike/", {"picture": picture()}),
            client.get(f"{shared}faces/{gallery.faces['red'].pk}/crop/"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        ShareLink.objects.update(lookalike=album_is_gallery)
        Album.objects.update(gallery=False)
    assert client.get(shared).json()["lookalike"] is False
