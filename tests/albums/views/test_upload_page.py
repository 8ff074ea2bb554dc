"""Uploads through the browser, with and without JavaScript."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from albums.models import Image
from albums.views import uploads
from tests.rows import drawn_jpeg, stored_image

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the enqueued images."""
    ids: list[int] = []
    monkeypatch.setattr(uploads, "enqueue_reading", ids.extend)
    return ids


def photo(name: str = "a.jpg", *, shade: int = 0) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, drawn_jpeg(shade=shade), content_type="image/jpeg")


def test_a_plain_form_accepts_many_files_and_reports_each_outcome(
    signed_in: Client, owner: User, enqueued: list[int]
) -> None:
    page = SimpleUploadedFile("page.jpg", b"<!doctype html><html><body>no</body></html>")
    files = [photo("a.jpg"), photo("b.jpg", shade=2), photo("again.jpg"), page]
    response = signed_in.post("/upload/", {"photos": files})
    text = response.content.decode()
    assert "2 uploaded, 1 duplicate, 1 not added" in text
    assert "page.jpg" in text
    assert "not added: " in text
    assert set(enqueued) == set(Image.objects.unread().values_list("pk", flat=True))
    assert len(enqueued) == 2


def test_a_script_gets_json(signed_in: Client) -> None:
    response = signed_in.post("/upload/", {"photos": photo()}, headers=JSON)
    (file,) = response.json()["files"]
    assert file == {
        "name": "a.jpg",
        "status": "received",
        "label": "uploaded",
        "image": Image.objects.get().pk,
    }
    assert (
        signed_in.post("/upload/", {"photos": photo()}, headers=JSON).json()["files"][0]["label"]
        == "duplicate"
    )


def test_a_file_is_added_or_refused_after_reading(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    whole, cut, waiting = (
        stored_image(owner, number=number, state=Image.State.STORED) for number in range(3)
    )
    query = "&".join(f"image={image.pk}" for image in (whole, cut, waiting))
    Image.objects.filter(pk=whole.pk).update(state=Image.State.READY)
    Image.objects.filter(pk=cut.pk).update(state=Image.State.REFUSED, detail="It ends too early.")
    with django_assert_num_queries(3):  # session, user, photos
        answer = signed_in.get(f"/upload/outcomes/?{query}")
    assert [(file["image"], file["label"]) for file in answer.json()["files"]] == [
        (whole.pk, "added"),
        (cut.pk, "not added: It ends too early."),
        (waiting.pk, "uploaded"),
    ]


def test_outcomes_of_files_in_other_accounts_are_hidden(
    signed_in: Client, stranger: User, client: Client
) -> None:
    theirs = stored_image(stranger)
    assert signed_in.get(f"/upload/outcomes/?image={theirs.pk}").json() == {"files": []}
    assert signed_in.get("/upload/outcomes/?image=x").status_code == 400
    signed_in.logout()
    assert client.get(f"/upload/outcomes/?image={theirs.pk}").status_code == 302


def test_an_empty_file_is_refused_with_a_reason(signed_in: Client) -> None:
    response = signed_in.post("/upload/", {"photos": SimpleUploadedFile("empty.jpg", b"")}, headers=JSON)
    assert response.json()["files"][0]["status"] == "refused"


def test_no_file_is_explained(signed_in: Client) -> None:
    response = signed_in.post("/upload/", {})
    assert response.status_code == 400
    assert "Select at least one photo." in response.content.decode()
    assert signed_in.post("/upload/", {}, headers=JSON).json() == {
        "errors": {"photos": ["Select at least one photo."]}
    }


def test_a_visitor_cannot_upload(client: Client, owner: User) -> None:
    assert client.post("/upload/", {"photos": photo()}).status_code == 302
    assert not Image.objects.exists()
