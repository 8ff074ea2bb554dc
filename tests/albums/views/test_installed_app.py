"""The description and the service worker of the installed app."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_script_prefix
from PIL import Image as PillowImage
from pytest_django import Settings

from albums.models import Image
from tests.rows import drawn_jpeg


@pytest.mark.django_db
def test_the_manifest_tells_all_that_an_installation_needs(client: Client, settings: Settings) -> None:
    settings.SITE_NAME = "Photos of the Bells"
    response = client.get("/manifest.json", headers={"Accept-Language": "en"})
    assert response.headers["Content-Type"] == "application/manifest+json"
    manifest = json.loads(response.content)
    assert (manifest["name"], manifest["display"]) == ("Photos of the Bells", "standalone")
    assert manifest["start_url"] == manifest["scope"] == "/"
    assert manifest["share_target"]["action"] == "/upload/shared/"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        path = finders.find(icon["src"].removeprefix("/static/"))
        assert isinstance(path, str)
        with PillowImage.open(BytesIO(Path(path).read_bytes())) as drawn:
            assert "{}x{}".format(*drawn.size) == icon["sizes"]
    for shortcut in manifest["shortcuts"]:
        assert client.get(shortcut["url"]).status_code == 302, "a page that asks to sign in"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/sign-in/", "/password-reset/", "/nothing-here/"])
def test_pages_before_the_sign_in_have_the_name_of_the_installation(
    client: Client, owner: User, settings: Settings, address: str
) -> None:
    settings.SITE_NAME = "Photos of the Bells"
    page = client.get(address, follow=True).content.decode()
    assert "testserver" not in page.partition("</head>")[0]
    assert page.count("Photos of the Bells") >= 2


@pytest.mark.django_db
def test_below_a_path_everything_of_the_app_is_below_it(client: Client, settings: Settings) -> None:
    settings.PATH_PREFIX = settings.FORCE_SCRIPT_NAME = "/photos"
    settings.STATIC_URL = "/photos/static/"
    with override_script_prefix("/photos/"):
        manifest = json.loads(client.get("/photos/manifest.json").content)
        worker = client.get("/photos/service-worker.js")
    assert manifest["id"] == manifest["start_url"] == manifest["scope"] == "/photos/"
    assert manifest["share_target"]["action"] == "/photos/upload/shared/"
    assert all(shortcut["url"].startswith("/photos/") for shortcut in manifest["shortcuts"])
    assert worker.headers["Content-Type"].startswith("text/javascript")
    first = worker.content.decode().partition("\n")[0]
    addresses = json.loads(first.removeprefix("const SETTINGS = ").removesuffix(";"))
    assert addresses["offline"] == "/photos/offline/"
    assert addresses["share"] == "/photos/upload/shared/"


def test_the_offline_page_has_nothing_of_an_account(client: Client, ada: User) -> None:
    client.force_login(ada)
    page = client.get("/offline/").content.decode()
    assert "No connection" in page
    assert ada.username not in page


def test_photos_that_come_without_the_service_worker_are_refused_with_a_sentence(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    photo = SimpleUploadedFile("a.jpg", drawn_jpeg(), content_type="image/jpeg")
    response = client.post("/upload/shared/", {"photos": photo}, follow=True)
    assert response.redirect_chain == [("/upload/", 302)]
    assert "share them again" in response.content.decode()
    assert not Image.objects.exists(), "anybody could have sent them"
