"""Below a path of the host, as in https://example.org/photos, nothing leads outside it."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import clear_script_prefix, set_script_prefix
from pytest_django import Settings

from albums import extensions
from albums.models import ShareLink
from tests.browser import page_table
from tests.browser.page_scene import Scene, scene_rows
from tests.demo import studio
from tests.faces.trained_verifiers import stored_verifier

pytestmark = [pytest.mark.long, pytest.mark.slow(10), pytest.mark.urls("tests.browser.failing_urls")]

PREFIX = "/photos"
# Attributes with an address, also those that scripts read.
ADDRESS = re.compile(r"""[\w-]+=["'](/[^"'\s]*)["']""")


@pytest.fixture
def prefix(settings: Settings) -> Iterator[None]:
    """The settings of TROMBINE_PUBLIC_URL=https://example.org/photos."""
    settings.PUBLIC_URL = f"https://example.org{PREFIX}"
    settings.PATH_PREFIX = settings.FORCE_SCRIPT_NAME = PREFIX
    settings.STATIC_URL = f"{PREFIX}/static/"
    settings.SESSION_COOKIE_PATH = settings.CSRF_COOKIE_PATH = settings.LANGUAGE_COOKIE_PATH = f"{PREFIX}/"
    settings.ALLOWED_HOSTS = ["testserver", "example.org"]
    # A server sets it for each request, but not the client of tests.
    set_script_prefix(f"{PREFIX}/")
    yield
    clear_script_prefix()


@pytest.fixture
def scene(prefix: None, owner: User, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> Iterator[Scene]:
    from django.conf import settings

    cache.clear()
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    stored_verifier("a-class")
    yield scene_rows(owner)
    extensions.unregister(studio.EXTENSION)


def test_no_address_on_any_page_leads_outside(scene: Scene) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(scene.owner)
    outside, pages = set(), 0
    for row in page_table.EVERY:
        address = row.address(scene)
        address = address if address.startswith(PREFIX) else PREFIX + address
        answer = client.post(address, dict(row.form(scene))) if row.form else client.get(address)
        if answer.streaming or "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        pages += answer.status_code == row.status
        found = ADDRESS.findall(answer.content.decode())
        outside |= {(one, row.template) for one in found if not one.startswith(f"{PREFIX}/")}
    assert outside == set()
    assert pages > 60


def test_the_administration_and_the_api_stay_inside(scene: Scene) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("grace"))
    for address in ("/admin/", "/admin/auth/user/", "/admin/albums/image/", "/api/v1/docs/"):
        page = client.get(PREFIX + address).content.decode()
        assert [one for one in ADDRESS.findall(page) if not one.startswith(f"{PREFIX}/")] == []


def test_signing_in_sets_cookies_for_the_path_alone(prefix: None, owner: User) -> None:
    client = Client()
    first = client.get(f"{PREFIX}/")
    assert first.headers["Location"] == f"{PREFIX}/sign-in/?next={PREFIX}/"
    page = client.get(first.headers["Location"])
    assert page.status_code == 200
    sent = {"username": "ada", "password": "a long pass phrase"}
    answer = client.post(f"{PREFIX}/sign-in/", sent)
    assert answer.headers["Location"] == f"{PREFIX}/"
    assert client.get(f"{PREFIX}/").status_code == 200
    paths = {name: one["path"] for name, one in client.cookies.items() if name.startswith("trombine-")}
    assert len(paths) > 2
    assert set(paths.values()) == {f"{PREFIX}/"}


def test_share_links_name_the_public_address(scene: Scene) -> None:
    client = Client()
    client.force_login(scene.owner)
    page = client.get(f"{PREFIX}/albums/{scene.album.pk}/sharing/").content.decode()
    token = ShareLink.objects.get(pk=scene.link.pk).token
    assert f"https://example.org{PREFIX}/s/{token}/" in page
    assert client.get(f"{PREFIX}/s/{token}/").status_code == 200


def test_static_files_are_served_inside(prefix: None) -> None:
    answer = Client().get(f"{PREFIX}/static/css/base.css")
    assert answer.status_code == 200
    answer.getvalue()


def test_a_request_outside_says_what_the_proxy_must_do(prefix: None) -> None:
    client = Client()
    for address in ("/", "/albums/", "/photosets/", "/api/v1/images/"):
        answer = client.get(address, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (400, "outside_prefix")
    assert client.get(PREFIX).headers["Location"] == f"{PREFIX}/"
    assert client.get("/healthz").status_code == 200
