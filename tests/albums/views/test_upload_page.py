"""Photos that come in through the browser, with and without JavaScript."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from albums.models import Image
from albums.views import uploads
from tests.page_rows import drawn_jpeg

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids that were handed to the workers."""
    ids: list[int] = []
    monkeypatch.setattr(uploads, "enqueue_reading", ids.extend)
    return ids


def photo(name: str = "a.jpg", *, shade: int = 0) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, drawn_jpeg(shade=shade), content_type="image/jpeg")


def test_a_plain_form_takes_many_files_and_tells_what_became_of_each(
    signed_in: Client, owner: User, enqueued: list[int]
) -> None:
    page = SimpleUploadedFile("page.jpg", b"<!doctype html><html><body>no</body></html>")
    files = [photo("a.jpg"), photo("b.jpg", shade=2), photo("again.jpg"), page]
    response = signed_in.post("/upload/", {"photos": files})
    text = response.content.decode()
    assert "2 added, 1 already there, 1 refused" in text
    assert "page.jpg" in text
    assert "refused: " in text
    assert set(enqueued) == set(Image.objects.unread().values_list("pk", flat=True))
    assert len(enqueued) == 2


def test_a_script_gets_json(signed_in: Client) -> None:
    response = signed_in.post("/upload/", {"photos": photo()}, headers=JSON)
    assert response.json() == {"files": [{"name": "a.jpg", "status": "added", "label": "added"}]}
    assert (
        signed_in.post("/upload/", {"photos": photo()}, headers=JSON).json()["files"][0]["label"]
        == "already there"
    )


def test_an_empty_file_is_refused_with_a_reason(signed_in: Client) -> None:
    response = signed_in.post("/upload/", {"photos": SimpleUploadedFile("empty.jpg", b"")}, headers=JSON)
    assert response.json()["files"][0]["status"] == "refused"


def test_no_file_is_explained(signed_in: Client) -> None:
    response = signed_in.post("/upload/", {})
    assert response.status_code == 400
    assert "Choose at least one photo." in response.content.decode()
    assert signed_in.post("/upload/", {}, headers=JSON).json() == {
        "errors": {"photos": ["Choose at least one photo."]}
    }


def test_a_visitor_cannot_upload(client: Client, owner: User) -> None:
    assert client.post("/upload/", {"photos": photo()}).status_code == 302
    assert not Image.objects.exists()
