"""albums.views.studio.style: choosing a photo and a style, the preview, and saving a painting."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from albums import job_tasks
from albums.imaging.effects.style_options import BRUSHES
from albums.models import Album, Image, Job
from albums.services.arranging.albums import album_add_images
from albums.services.jobs.running import job_run
from albums.services.styling.examples import VERSION
from albums.views.studio import style as views
from tests.rows import drawn_jpeg, stored_image

ADDRESS = "/studio/style/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _models(install, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MODELS_DIR = install("style_builtin", "style_reader", "style_painter")
    settings.STYLE_EXAMPLES_DIR = tmp_path / "examples"
    for brush in BRUSHES:
        monkeypatch.setitem(BRUSHES, brush, 20_000)


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the enqueued jobs; no worker runs them."""
    ids: list[int] = []
    monkeypatch.setattr(job_tasks, "enqueue_job", ids.append)
    monkeypatch.setattr("albums.views.studio.starting.enqueue_job", ids.append)
    monkeypatch.setattr(views, "enqueue_reading", lambda _ids: None)
    return ids


@pytest.fixture
def photo(owner: User) -> Image:
    return stored_image(owner)


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def filled(photo: Image, **changed: Any) -> dict[str, Any]:
    usual = {"image": photo.pk, "style": "starry-night", "strength": 80, "brush": 4, "size": "1600"}
    return usual | changed


def painted(client: Client, photo: Image) -> Job:
    client.post(ADDRESS, filled(photo))
    job = Job.objects.get()
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, (job.reason, job.detail)
    return job


def test_without_a_photo_one_can_be_selected(signed_in: Client, photo: Image, stranger: User) -> None:
    other = stored_image(stranger, number=2)
    text = signed_in.get(ADDRESS).content.decode()
    assert f"{ADDRESS}?photo={photo.pk}" in text
    assert f"{ADDRESS}?photo={other.pk}" not in text


def test_the_page_of_a_photo_leads_to_its_form_with_all_styles(signed_in: Client, photo: Image) -> None:
    address = f"{ADDRESS}?photo={photo.pk}"
    assert address in signed_in.get(reverse("albums:photo", args=[photo.pk])).content.decode()
    text = signed_in.get(address).content.decode()
    assert len(re.findall(r"/studio/style/examples/[a-z-]+\.jpg", text)) == 26
    assert "Vincent van Gogh" in text
    assert 'name="style_link"' not in text, "links are off"


def test_a_form_starts_a_job_with_its_options(
    signed_in: Client, photo: Image, enqueued: list[int], django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in.post(ADDRESS, filled(photo, keep_colours="on"))
    job = Job.objects.get()
    assert response.headers["Location"] == reverse("albums:job", args=[job.pk])
    assert enqueued == [job.pk]
    assert job.inputs == {"image": photo.pk, "source": "builtin", "style": "starry-night"}
    assert job.options == {"strength": 0.8, "brush": 4, "keep_colours": True, "long_side": 1600}


def test_a_style_can_be_an_upload_another_photo_or_a_link(
    signed_in: Client, owner: User, photo: Image, settings
) -> None:
    settings.PICTURE_LINKS = True
    other = stored_image(owner, number=2)
    file = SimpleUploadedFile("style.jpg", drawn_jpeg(shade=3), "image/jpeg")
    link = "https://pictures.example.org/wave.jpg"
    signed_in.post(ADDRESS, filled(photo, style="upload", style_file=file))
    signed_in.post(ADDRESS, filled(photo, style=f"photo:{other.pk}"))
    signed_in.post(ADDRESS, filled(photo, style="link", style_link=link))
    linked, second, first = Job.objects.all()
    assert first.inputs == {"image": photo.pk, "source": "upload"}
    assert first.uploads()["style"].content_type == "image/jpeg"
    assert second.inputs == {"image": photo.pk, "source": "photo", "style_image": other.pk}
    assert linked.inputs == {"image": photo.pk, "source": "link", "style_link": link}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"style": "cubism"}, "There is no such style"),
        ({"style": ""}, "Choose a style"),
        ({"style": "upload"}, "Choose an image first"),
        ({"style": "link"}, "There is no such style"),
        ({"style": "photo:999999"}, "no longer exists"),
        ({"style": "photo:x"}, "no longer exists"),
        ({"brush": 9}, "less than or equal to 5"),
        ({"size": "huge"}, "Select a valid choice"),
    ],
)
def test_a_form_that_cannot_be_used_is_shown_again_with_the_reason(
    signed_in: Client, photo: Image, changed: dict[str, Any], sentence: str
) -> None:
    response = signed_in.post(ADDRESS, filled(photo, **changed))
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not Job.objects.exists()


def test_a_file_that_is_no_picture_is_refused(signed_in: Client, photo: Image) -> None:
    file = SimpleUploadedFile("style.jpg", b"<html>a page</html>", "image/jpeg")
    response = signed_in.post(ADDRESS, filled(photo, style="upload", style_file=file))
    assert response.status_code == 409
    assert not Job.objects.exists()


def test_a_preview_comes_alone_or_with_the_page(signed_in: Client, photo: Image) -> None:
    alone = signed_in.post(f"{ADDRESS}preview/", filled(photo), headers=HTMX)
    page = signed_in.post(f"{ADDRESS}preview/", filled(photo))
    assert "<form" not in alone.content.decode()
    assert "<form" in page.content.decode()
    for response in (alone, page):
        assert response.status_code == 200
        assert "data:image/jpeg;base64,/9j/" in response.content.decode()
    assert not Job.objects.exists()


def test_a_preview_of_an_upload_and_of_a_wrong_one(signed_in: Client, photo: Image) -> None:
    for content, expected in ((drawn_jpeg(shade=3), "data:image/jpeg"), (b"nothing", "readable image")):
        file = SimpleUploadedFile("style.jpg", content, "image/jpeg")
        data = filled(photo, style="upload", style_file=file)
        response = signed_in.post(f"{ADDRESS}preview/", data, headers=HTMX)
        assert expected in response.content.decode().replace("&#x27;", "'")


def test_an_example_is_stored_by_browsers(signed_in: Client) -> None:
    address = reverse("albums:style_example", args=["great-wave"])
    response = signed_in.get(f"{address}?v={VERSION}")
    assert response.content[:2] == b"\xff\xd8"
    assert "immutable" in response.headers["Cache-Control"]
    assert "immutable" not in signed_in.get(address).headers.get("Cache-Control", "")
    assert signed_in.get(reverse("albums:style_example", args=["cubism"])).status_code == 404


def test_a_painting_is_shown_beside_its_photo_and_saved_into_its_album(
    signed_in: Client, owner: User, photo: Image
) -> None:
    album = Album.objects.create(owner=owner, name="Holiday")
    album_add_images(album=album, images=[photo])
    job = painted(signed_in, photo)
    text = signed_in.get(reverse("albums:job", args=[job.pk])).content.decode()
    assert reverse("albums:rendition", args=[photo.pk, "preview"]) in text
    assert "Vincent van Gogh, The Starry Night" in text
    assert "Holiday" in text
    save = reverse("albums:job_file_save", args=[job.pk, "painting.jpg"])
    assert save in text
    response = signed_in.post(save, {"album": album.pk})
    saved = Image.objects.exclude(pk=photo.pk).get()
    assert response.headers["Location"] == reverse("albums:photo", args=[saved.pk])
    assert saved.made_from == photo
    assert album.entries.filter(image=saved).exists()
    details = signed_in.get(reverse("albums:photo", args=[saved.pk])).content.decode()
    assert "Made from" in details
    assert photo.name in details
    assert signed_in.post(save).headers["Location"] == response.headers["Location"]
    assert Image.objects.count() == 2


def test_the_photo_that_a_picture_was_made_from_is_shown_only_to_those_who_see_it(
    client: Client, owner: User, stranger: User, photo: Image
) -> None:
    made = stored_image(stranger, number=2)
    Image.objects.filter(pk=made.pk).update(made_from=photo)
    client.force_login(stranger)
    assert "Made from" not in client.get(reverse("albums:photo", args=[made.pk])).content.decode()


def test_another_account_finds_neither_photo_nor_painting(
    client: Client, stranger: User, owner: User, photo: Image
) -> None:
    client.force_login(owner)
    job = painted(client, photo)
    client.force_login(stranger)
    save = reverse("albums:job_file_save", args=[job.pk, "painting.jpg"])
    assert client.get(f"{ADDRESS}?photo={photo.pk}").status_code == 404
    assert client.get(f"{ADDRESS}?photo=x").status_code == 404
    for address in (ADDRESS, f"{ADDRESS}preview/", save):
        assert client.post(address, filled(photo)).status_code == 404
    assert Image.objects.get() == photo


def test_a_file_that_is_no_result_is_not_saved(signed_in: Client, photo: Image) -> None:
    file = SimpleUploadedFile("style.jpg", drawn_jpeg(shade=3), "image/jpeg")
    signed_in.post(ADDRESS, filled(photo, style="upload", style_file=file))
    job = Job.objects.get()
    response = signed_in.post(reverse("albums:job_file_save", args=[job.pk, "style"]), follow=True)
    # Text in pages is escaped.
    assert "This file can&#x27;t become a photo." in response.content.decode()
    assert Image.objects.get() == photo
