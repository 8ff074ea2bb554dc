"""The list of selected files: known at once, and shorter with each outcome."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from albums.models import SelectedFile
from albums.services.uploading.upload_sweeping import uploads_sweep
from albums.views import resumable_uploads
from tests.rows import album_of, drawn_jpeg

JSON = "application/json"


@pytest.fixture
def signed_in(
    client: Client, ada: User, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Client:
    settings.UPLOAD_FOLDER = tmp_path
    monkeypatch.setattr(resumable_uploads, "enqueue_reading", lambda _ids: None)
    client.force_login(ada)
    return client


def _select(client: Client, *files: tuple[str, int], album: int | None = None) -> int:
    rows = [{"name": name, "size": size} for name, size in files]
    response = client.post("/uploads/selected/", {"files": rows, "album": album}, content_type=JSON)
    assert response.status_code == 200
    return int(response.json()["listed"])


def _names(client: Client) -> list[str]:
    return [file.name for file in client.get("/upload/").context["selected"]]


def test_what_was_selected_is_named_until_it_is_sent(signed_in: Client, ada: User) -> None:
    photo = drawn_jpeg(shade=3)
    album = album_of(ada)
    long_name = "f/" * 2000 + "b.jpg"
    assert _select(signed_in, ("a.jpg", len(photo)), (long_name, 7), album=album.pk) == 2
    assert _select(signed_in, ("a.jpg", len(photo))) == 2, "the same file is listed once"
    assert _names(signed_in) == ["a.jpg", long_name]
    announced = {"name": "a.jpg", "size": len(photo), "sha256": hashlib.sha256(photo).hexdigest()}
    begun = signed_in.post("/uploads/", announced, content_type=JSON).json()
    assert _names(signed_in) == [long_name], "it is listed as interrupted"
    sent = signed_in.patch(
        f"/uploads/{begun['id']}/", photo, content_type="application/offset+octet-stream",
        headers={"Upload-Offset": "0"},
    )  # fmt: skip
    assert sent.json()["status"] == "received"
    assert list(SelectedFile.objects.values_list("name", flat=True)) == [long_name]
    # A duplicate needs no sending, and a refused file no second attempt.
    _select(signed_in, ("again.jpg", len(photo)), ("empty.jpg", 0))
    signed_in.post("/uploads/", announced | {"name": "again.jpg"}, content_type=JSON)
    nothing = {"name": "empty.jpg", "size": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    signed_in.post("/uploads/", nothing, content_type=JSON)
    assert _names(signed_in) == [long_name]


def test_the_list_can_be_discarded_in_part_and_as_a_whole(signed_in: Client) -> None:
    _select(signed_in, ("a.jpg", 1), ("a.jpg", 2), ("b.jpg", 1))
    gone = {"files": [{"name": "a.jpg", "size": 2}]}
    assert signed_in.post("/uploads/selected/drop/", gone, content_type=JSON).status_code == 204
    assert list(SelectedFile.objects.values_list("name", "size_bytes")) == [("a.jpg", 1), ("b.jpg", 1)]
    assert signed_in.post("/uploads/selected/drop/", {"all": 1}).headers["Location"] == "/upload/"
    assert not SelectedFile.objects.exists()


def test_the_list_of_another_account_stays(signed_in: Client) -> None:
    bob = User.objects.create_user("bob")
    SelectedFile.objects.create(owner=bob, name="theirs.jpg", size_bytes=1)
    signed_in.post("/uploads/selected/drop/", {"all": 1})
    assert _names(signed_in) == []
    assert SelectedFile.objects.count() == 1


def test_an_old_list_ends_with_the_unfinished_uploads(signed_in: Client, settings: Settings) -> None:
    _select(signed_in, ("old.jpg", 1), ("new.jpg", 1))
    long_ago = timezone.now() - timedelta(days=settings.UPLOAD_DAYS, hours=1)
    SelectedFile.objects.filter(name="old.jpg").update(selected_at=long_ago)
    uploads_sweep()
    assert _names(signed_in) == ["new.jpg"]


@pytest.mark.parametrize("body", ["", "[]", '{"files": 1}', '{"files": [1]}', '{"files": [{"name": "a"}]}'])
def test_a_malformed_list_is_a_sentence(signed_in: Client, body: str) -> None:
    for address in ("/uploads/selected/", "/uploads/selected/drop/"):
        response = signed_in.post(address, body, content_type=JSON)
        assert (response.status_code, "files" in response.json()["errors"]) == (400, True)


def test_the_api_announces_lists_and_forgets(signed_in: Client) -> None:
    files = [{"name": "a.jpg", "size": 1}, {"name": "b.jpg", "size": 2}]
    listed = signed_in.post("/api/v1/uploads/selected/", {"files": files}, content_type=JSON)
    assert listed.json() == {"listed": 2}
    found = signed_in.get("/api/v1/uploads/selected/").json()["results"]
    assert [(one["name"], one["size"]) for one in found] == [("a.jpg", 1), ("b.jpg", 2)]
    gone = signed_in.post("/api/v1/uploads/selected/remove/", {"files": files[:1]}, content_type=JSON)
    assert gone.json() == {"listed": 1}
    assert signed_in.post("/api/v1/uploads/selected/remove/", {}, content_type=JSON).json() == {"listed": 0}
