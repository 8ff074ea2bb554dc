"""The API of painter styles: the list, paintings, and saving them as photos."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from albums.imaging.effects.style_options import BRUSHES
from albums.models import Album, Image, Job
from albums.services.arranging.albums import album_add_images
from albums.services.jobs.running import job_run
from api.views.studio import styles as views
from tests.faces.conftest import install, models_home
from tests.rows import drawn_jpeg, stored_image

# Installs the models of the styles.
__all__ = ["install", "models_home"]

STYLES = "/api/v1/studio/styles/"
PAINTINGS = f"{STYLES}paintings/"


@pytest.fixture(autouse=True)
def _models(install, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MODELS_DIR = install("style_builtin", "style_reader", "style_painter")
    settings.STYLE_EXAMPLES_DIR = tmp_path / "examples"
    monkeypatch.setattr(views, "enqueue_job", lambda _id: None)
    monkeypatch.setattr(views, "enqueue_reading", lambda _ids: None)
    for brush in BRUSHES:
        monkeypatch.setitem(BRUSHES, brush, 20_000)


@pytest.fixture
def signed_in(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(address, body, content_type="application/json")


def test_the_styles_are_listed_and_shown(signed_in: Client) -> None:
    styles = signed_in.get(STYLES).json()["results"]
    assert len(styles) == 26
    assert styles[24] == {
        "slug": "great-wave",
        "label": "Katsushika Hokusai, The Great Wave",
        "painter": "Katsushika Hokusai",
    }
    picture = signed_in.get(f"{STYLES}great-wave/example/")
    assert (picture.headers["Content-Type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert signed_in.get(f"{STYLES}cubism/example/").status_code == 404


def test_a_photo_is_painted_and_the_painting_saved_as_a_photo(signed_in: Client, ada: User) -> None:
    photo = stored_image(ada)
    album = Album.objects.create(owner=ada, name="Holiday")
    album_add_images(album=album, images=[photo])
    answer = post(signed_in, PAINTINGS, {"image": photo.pk, "style": "udnie", "long_side": 300})
    assert answer.status_code == 202, answer.content
    job = answer.json()
    assert job["inputs"] == {"image": photo.pk, "source": "builtin", "style": "udnie"}
    job_run(job_id=job["id"])
    done = signed_in.get(f"/api/v1/studio/jobs/{job['id']}/").json()
    assert [file["name"] for file in done["files"]] == ["painting.jpg"]
    save = f"/api/v1/studio/jobs/{job['id']}/files/painting.jpg/save/"
    saved = post(signed_in, save, {"album": album.pk})
    assert (saved.status_code, saved.json()["status"]) == (201, "added")
    image = Image.objects.get(pk=saved.json()["image"])
    assert signed_in.get(f"/api/v1/images/{image.pk}/").json()["made_from"] == photo.pk
    assert album.entries.filter(image=image).exists()
    assert post(signed_in, save, {}).json() == {"image": image.pk, "status": "already_there"}
    assert post(signed_in, save, {"album": album.pk + 1}).status_code == 404


def test_the_style_of_an_uploaded_picture(signed_in: Client, ada: User) -> None:
    photo = stored_image(ada)
    file = SimpleUploadedFile("style.jpg", drawn_jpeg(shade=3), "image/jpeg")
    answer = signed_in.post(PAINTINGS, {"image": photo.pk, "style_file": file, "keep_colours": "true"})
    assert answer.status_code == 202, answer.content
    job = Job.objects.get()
    assert (job.inputs["source"], job.options["keep_colours"]) == ("upload", True)
    assert job.uploads()["style"].content_type == "image/jpeg"


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"style": "cubism"}, 400, "invalid"),
        ({"style": None}, 400, "invalid"),
        ({"style_image": 3}, 400, "invalid"),
        ({"brush": 6}, 400, "invalid"),
        ({"strength": -1}, 400, "invalid"),
        ({"long_side": 10}, 400, "invalid"),
        ({"style": ..., "style_link": "https://example.org/a.jpg"}, 409, "off"),
        ({"style": ..., "style_image": 987654}, 404, "not_there"),
    ],
)
def test_a_painting_that_cannot_be_made_is_refused_with_the_reason(
    signed_in: Client, ada: User, changed: dict[str, Any], status: int, code: str
) -> None:
    body = {"image": stored_image(ada).pk, "style": "udnie"} | changed
    answer = post(signed_in, PAINTINGS, {name: value for name, value in body.items() if value is not ...})
    assert answer.status_code == status, answer.content
    assert code in answer.json()["code"]
    assert not Job.objects.exists()


def test_the_photos_of_another_account_are_not_there(signed_in: Client, ada: User, grace: User) -> None:
    own, theirs = stored_image(ada), stored_image(grace)
    for body in ({"image": theirs.pk, "style": "udnie"}, {"image": own.pk, "style_image": theirs.pk}):
        assert post(signed_in, PAINTINGS, body).status_code == 404
