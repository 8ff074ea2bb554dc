"""albums.views.studio.gatys: the form of the thorough painter style, and the page of its job."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from albums.imaging import Limits
from albums.models import Image, Job
from albums.services.core import limits
from albums.views.studio import gatys as views
from tests.rows import drawn_jpeg, stored_image

ADDRESS = "/studio/style/thorough/"


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A server on which nothing is missing; the ids of the enqueued jobs, which no worker runs."""
    ids: list[int] = []
    monkeypatch.setattr("albums.views.studio.starting.enqueue_job", ids.append)
    monkeypatch.setattr(views, "gatys_missing", lambda: None)
    monkeypatch.setattr("albums.services.styling.gatys.gatys_missing", lambda: None)
    return ids


@pytest.fixture
def photo(owner: User) -> Image:
    return stored_image(owner)


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def filled(photo: Image, **changed: Any) -> dict[str, Any]:
    usual = {"image": photo.pk, "style": "upload", "content_weight": "1", "style_weight": "1.5"}
    usual |= {"smoothness": "0.25", "iterations": 60, "size": "384"}
    usual["style_file"] = SimpleUploadedFile("paint.jpg", drawn_jpeg(60, 40), "image/jpeg")
    return usual | changed


def test_the_form_starts_a_job(signed_in: Client, photo: Image, enqueued: list[int]) -> None:
    response = signed_in.post(ADDRESS, filled(photo))
    job = Job.objects.get()
    assert response.headers["Location"] == f"/studio/jobs/{job.pk}/"
    assert enqueued == [job.pk]
    assert job.kind == "gatys"
    assert job.inputs == {"image": photo.pk, "source": "upload"}
    expected = {"content": 1.0, "style": 1.5, "smoothness": 0.25, "iterations": 60, "long_side": 384}
    assert job.options == expected
    assert list(job.uploads()) == ["style"]


def test_another_photo_can_be_the_style(signed_in: Client, photo: Image, owner: User, enqueued) -> None:
    other = stored_image(owner, number=2)
    signed_in.post(ADDRESS, filled(photo, style=f"photo:{other.pk}"))
    expected = {"image": photo.pk, "source": "photo", "style_image": other.pk}
    assert Job.objects.get().inputs == expected


@pytest.mark.parametrize(
    "changed",
    [{"style": "starry-night"}, {"iterations": 5}, {"style_weight": "11"}, {"size": "5000"}, {"style": ""}],
    ids=lambda changed: next(iter(changed.items())),
)
def test_an_invalid_form_is_shown_again(signed_in: Client, photo: Image, enqueued, changed) -> None:
    response = signed_in.post(ADDRESS, filled(photo, **changed))
    assert response.status_code == 400
    assert not Job.objects.exists()


def test_a_server_without_torch_says_how_to_add_it(
    signed_in: Client, photo: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("albums.imaging.effects.gatys.torch_installed", lambda: False)
    text = signed_in.get(f"{ADDRESS}?photo={photo.pk}").content.decode()
    assert "pip install -r requirements-gatys.txt" in text
    assert "disabled" in text
    response = signed_in.post(ADDRESS, filled(photo))
    assert response.status_code == 409
    assert not Job.objects.exists()


def test_the_two_ways_to_paint_lead_to_each_other(signed_in: Client, photo: Image, enqueued) -> None:
    fast = f"/studio/style/?photo={photo.pk}"
    thorough = f"{ADDRESS}?photo={photo.pk}"
    assert thorough in signed_in.get(fast).content.decode()
    text = signed_in.get(thorough).content.decode()
    assert fast in text
    assert "disabled" not in text


def test_the_photo_of_another_account_is_not_found(client: Client, stranger: User, photo: Image) -> None:
    client.force_login(stranger)
    assert client.get(f"{ADDRESS}?photo={photo.pk}").status_code == 404
    assert client.post(ADDRESS, filled(photo)).status_code == 404


def test_a_link_is_offered_only_where_it_is_allowed(
    signed_in: Client, photo: Image, enqueued, settings
) -> None:
    assert "style_link" not in signed_in.get(f"{ADDRESS}?photo={photo.pk}").content.decode()
    settings.PICTURE_LINKS = True
    assert "style_link" in signed_in.get(f"{ADDRESS}?photo={photo.pk}").content.decode()
    signed_in.post(ADDRESS, filled(photo, style="link", style_link="https://example.org/a.jpg"))
    assert Job.objects.get().inputs["style_link"] == "https://example.org/a.jpg"


def test_a_running_job_shows_its_losses_and_can_be_stopped(
    signed_in: Client, owner: User, photo: Image
) -> None:
    job = Job.objects.create(
        owner=owner,
        kind="gatys",
        inputs={"image": photo.pk, "source": "upload"},
        state=Job.State.RUNNING,
        started_at=timezone.now(),
        result={"iterations": 60, "losses": [[0.0, 0.8, 0.01, 8.0], [0.5, 0.4, 0.02, 4.5]]},
    )
    text = signed_in.get(f"/studio/jobs/{job.pk}/").content.decode()
    assert 'class="loss-total"' in text
    assert "Losses after 2 iterations" in text
    assert f"/studio/jobs/{job.pk}/stop/" in text


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script></html>",
    ],
    ids=["drawing", "page"],
)
def test_a_file_that_could_act_as_a_page_is_refused_whatever_its_name(
    signed_in: Client, photo: Image, enqueued, content: bytes
) -> None:
    file = SimpleUploadedFile("a.jpg", content, "image/jpeg")
    assert signed_in.post(ADDRESS, filled(photo, style_file=file)).status_code == 409
    assert not Job.objects.exists()


def test_a_picture_of_too_many_pixels_or_bytes_is_refused_by_its_header(
    signed_in: Client, photo: Image, enqueued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STUDIO_MOST_PIXELS", 60 * 40 - 1)
    assert signed_in.post(ADDRESS, filled(photo)).status_code == 409
    monkeypatch.setattr(limits, "STUDIO_MOST_PIXELS", 60 * 40)
    monkeypatch.setattr(limits, "STUDIO_MOST_BYTES", 100)
    assert signed_in.post(ADDRESS, filled(photo)).status_code == 400
    assert not Job.objects.exists()


def test_the_studio_never_takes_more_than_photos_may_have(settings) -> None:
    settings.IMAGE_MAX_PIXELS, settings.IMAGE_MAX_BYTES = 5000, 400
    assert limits.studio_limits() == Limits(max_pixels=5000, max_bytes=400)
