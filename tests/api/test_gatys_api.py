"""The operation that paints thoroughly takes an uploaded picture, a photo or a link as the style."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from albums.models import Image, Job
from tests.rows import drawn_jpeg, stored_image

PATH = "/api/v1/studio/style/thorough/"


@pytest.fixture(autouse=True)
def _ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.studio.gatys.enqueue_job", lambda _pk: None)
    monkeypatch.setattr("albums.services.styling.gatys.gatys_missing", lambda: None)


@pytest.fixture
def photo(ada: User, client: Client) -> Image:
    client.force_login(ada)
    return stored_image(ada)


def sent(client: Client, **body: Any) -> Any:
    return client.post(PATH, body, content_type="application/json")


def test_a_photo_is_the_style(client: Client, photo: Image, ada: User) -> None:
    other = stored_image(ada, number=2)
    answer = sent(client, image=photo.pk, style_image=other.pk, style=2.5)
    assert answer.status_code == 202, answer.content
    assert answer.json()["state"] == "waiting"
    job = Job.objects.get(pk=answer.json()["id"])
    assert job.inputs == {"image": photo.pk, "source": "photo", "style_image": other.pk}
    expected = {"content": 1.0, "style": 2.5, "smoothness": 1.0, "iterations": 100, "long_side": 512}
    assert job.options == expected


def test_an_upload_is_the_style(client: Client, photo: Image) -> None:
    file = SimpleUploadedFile("a.jpg", drawn_jpeg(60, 40), "image/jpeg")
    answer = client.post(PATH, {"image": photo.pk, "style_file": file})
    assert answer.status_code == 202, answer.content
    assert list(Job.objects.get().uploads()) == ["style"]
    broken = SimpleUploadedFile("a.jpg", b"<svg onload='alert(1)'/>", "image/jpeg")
    answer = client.post(PATH, {"image": photo.pk, "style_file": broken})
    assert (answer.status_code, answer.json()["code"]) == (422, "unsupported")


def test_a_link_needs_the_permission_of_the_operator(client: Client, photo: Image, settings) -> None:
    answer = sent(client, image=photo.pk, style_link="https://example.org/a.jpg")
    assert (answer.status_code, answer.json()["code"]) == (409, "links_off")
    settings.PICTURE_LINKS = True
    answer = sent(client, image=photo.pk, style_link="http://example.org:22/a.jpg")
    assert (answer.status_code, answer.json()["code"]) == (409, "bad_link")
    assert sent(client, image=photo.pk, style_link="https://example.org/a.jpg").status_code == 202


@pytest.mark.parametrize("styles", [{}, {"style_image": 1, "style_link": "https://example.org/"}])
def test_exactly_one_style_is_needed(client: Client, photo: Image, styles: dict[str, Any]) -> None:
    assert sent(client, image=photo.pk, **styles).status_code == 400


def test_photos_of_others_are_not_found(client: Client, photo: Image, stranger: User) -> None:
    theirs = stored_image(stranger, number=3)
    assert sent(client, image=theirs.pk, style_image=photo.pk).status_code == 404
    assert sent(client, image=photo.pk, style_image=theirs.pk).status_code == 404
    assert not Job.objects.exists()
