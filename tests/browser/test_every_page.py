"""Every page of the product on a phone and on a desk, in light and in dark: nothing is wrong with any.

A new page is missed here: the tests at the end know all addresses and all templates.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.test.signals import template_rendered
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from albums import extensions
from albums.exceptions import ArchivesBusy
from albums.models import Image
from albums.services.downloading.archives import ArchiveStream, archive_stream
from albums.services.styling.styles import BUILTIN_STYLES
from faces.services.core.consent import recognition_set
from tests.browser import page_table
from tests.browser.conftest import PATIENCE, sign_in
from tests.browser.looking import PHONE, Eyes, watching
from tests.browser.page_scene import Scene, scene_rows
from tests.browser.page_table import Row
from tests.demo import studio
from tests.faces.trained_verifiers import stored_verifier

pytestmark = [pytest.mark.slow(10), pytest.mark.urls("tests.browser.failing_urls")]

EYES = Eyes(also_at=(360, 700, 768, 1024, 3840))
BY_TURNS = (EYES, replace(EYES, on_desk="dark"))
OTHER_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES if code != EYES.language)
TEMPLATES = Path(settings.BASE_DIR) / "templates"
SEND = """
([address, fields]) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: address });
    for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        form.append(field);
    }
    document.body.append(form);
    form.submit();
}
"""


@pytest.fixture
def scene(owner: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Scene]:
    cache.clear()
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path / "data")
    stored_verifier("a-class-with-a-name-of-forty-characters-")
    yield scene_rows(owner)
    extensions.unregister(studio.EXTENSION)


@pytest.fixture
def context(browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    # The browser itself says so of each answer that is an error, and some pages are.
    with watching(context, live_server.url, but="the server responded with a status of"):
        yield context
    context.close()


def open_page(page: Page, row: Row, scene: Scene, server: LiveServer) -> int:
    """Come to a page as one does; returns the status of the answer."""
    address = f"{server.url}{row.address(scene)}"
    if row.form is None:
        answer = page.goto(address)
        assert answer is not None
        return answer.status
    # Any page with a form has the token; this one is the lightest.
    page.goto(f"{server.url}/settings/appearance/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    fields = {**row.form(scene), **({"csrfmiddlewaretoken": token} if row.with_token else {})}
    with page.expect_navigation() as sent:
        page.evaluate(SEND, [address, fields])
    return sent.value.status


def faults_of(page: Page, rows: tuple[Row, ...], scene: Scene, server: LiveServer) -> list[str]:
    """Return the faults of these pages, by page."""
    found = []
    for eyes, row in zip(itertools.cycle(BY_TURNS), rows, strict=False):
        drawn: list[str] = []

        def note(*, template: object, _drawn: list[str] = drawn, **_kwargs: object) -> None:
            _drawn.append(str(getattr(template, "name", "")))

        template_rendered.connect(note, weak=False)
        status = open_page(page, row, scene, server)
        template_rendered.disconnect(note)
        assert (row.template in drawn, status) == (True, row.status), (row, drawn[:1], status)
        faults = eyes.faults(page)
        if row.form is None and status == HTTPStatus.OK:
            faults += faults_in_other_languages(page, row, scene, server)
        found += [f"{row.template} at {row.address(scene)}: {one}" for one in faults]
    return found


def faults_in_other_languages(page: Page, row: Row, scene: Scene, server: LiveServer) -> list[str]:
    """Return what does not fit the window of a phone, or is in another language: the markup is the same."""
    found = []
    for language in OTHER_LANGUAGES:
        eyes = Eyes(width=PHONE, language=language)
        eyes.open(page)
        page.set_extra_http_headers({"Accept-Language": language})
        open_page(page, row, scene, server)
        found += [f"{language}: {one}" for one in eyes.language_faults(page)]
    page.set_extra_http_headers({})
    return found


@pytest.mark.parametrize("area", ["photos", "albums", "people", "studio", "settings"])
def test_nothing_is_wrong_with_a_page_of_an_account(
    context: BrowserContext, scene: Scene, live_server: LiveServer, area: str
) -> None:
    sign_in(context, scene.owner, live_server)
    rows = getattr(page_table, area.upper())
    assert faults_of(context.new_page(), rows, scene, live_server) == []


def test_nothing_is_wrong_with_a_page_for_who_has_no_account(
    context: BrowserContext, scene: Scene, live_server: LiveServer
) -> None:
    with no_place_for_another_zip():
        assert faults_of(context.new_page(), page_table.SHARED, scene, live_server) == []


@contextmanager
def no_place_for_another_zip() -> Iterator[None]:
    """As many zips as the server sends at once are under way."""
    under_way: list[ArchiveStream] = []
    try:
        while True:
            under_way.append(archive_stream(Image.objects.none()))
    except ArchivesBusy:
        yield
    finally:
        for stream in under_way:
            stream.close()


def test_nothing_is_wrong_with_the_pages_at_the_edges_of_an_account(
    context: BrowserContext, live_server: LiveServer
) -> None:
    page = context.new_page()
    page.goto(live_server.url)
    assert page.url == f"{live_server.url}{reverse('albums:welcome')}"
    assert EYES.faults(page) == []
    owner = User.objects.create_superuser("ada")
    recognition_set(owner=owner, enabled=False)
    sign_in(context, owner, live_server)
    for view in (page_table.ACCOUNT.view, page_table.WITHOUT_FACES.view, "faces:recognition"):
        page.goto(f"{live_server.url}{reverse(view)}")
        assert EYES.faults(page) == [], view


def names_of(resolver: URLResolver, within: str = "") -> Iterator[tuple[str, URLPattern]]:
    """All addresses with their names; but for the pages of Django and of the API's libraries."""
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield f"{within}{one.name}", one
        elif one.namespace not in {"admin", "api"}:
            yield from names_of(one, f"{within}{one.namespace}:" if one.namespace else within)


def test_every_template_is_looked_at() -> None:
    drawn = {row.template for row in page_table.EVERY}
    there = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if not path.name.startswith("_") and path.relative_to(TEMPLATES).parts[0] not in {"admin", "api"}
    }
    assert there == drawn | page_table.FRAMES


def test_every_address_that_answers_with_a_page_is_looked_at(client: Client, scene: Scene) -> None:
    client.force_login(scene.owner)
    looked_at = {row.view for row in page_table.EVERY}
    forgotten = []
    for name, _pattern in names_of(get_resolver("config.urls")):
        if name not in looked_at:
            forgotten += [name for address in addresses_of(name, scene) if is_a_page(client, address)]
    assert forgotten == []


def addresses_of(name: str, scene: Scene) -> Iterator[str]:
    """The address with everything in it that has a number, as far as it fits."""
    given: list[dict[str, object]] = [{}]
    given += [{"pk": number} for number in scene.ids]
    given += [{"pk": a, "other_pk": b} for a in scene.ids for b in scene.ids]
    given += [{"token": scene.link.token}, {"token": scene.link.token, "pk": scene.image.pk}]
    given += [
        {"pk": scene.album.pk, "member": scene.borrowed.pk},
        {"pk": scene.album.pk, "link": scene.link.pk},
        {"gallery": scene.album.pk, "pk": scene.face.pk},
        {"pk": scene.zip.pk},
        {"moment": 1},
        {"change": "favourite"},
        {"state": "off"},
        {"number": 0},
        {"provider_id": "household"},
        {"pk": scene.jobs["done"].pk, "name": "watercolour.jpg"},
        {"slug": BUILTIN_STYLES[0].slug},
    ]
    for kind in ("thumbnail", "preview"):
        given += [{"pk": scene.image.pk, "kind": kind}]
        given += [{"token": scene.link.token, "pk": scene.image.pk, "kind": kind}]
    fitting = 0
    for arguments in given:
        try:
            yield reverse(name, kwargs=arguments)
        except NoReverseMatch:
            continue
        fitting += 1
    assert fitting, f"nothing fits the address of {name}: say here what does"


def is_a_page(client: Client, address: str) -> bool:
    answer = client.get(address, headers={"accept": "text/html"})
    whole = not answer.streaming and "text/html" in answer.headers.get("Content-Type", "")
    found = whole and answer.status_code == 200 and b"<!doctype html" in answer.content.lower()
    answer.close()
    return found
