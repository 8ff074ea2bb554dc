"""An album is shared and looked at by somebody without an account, in a browser of their own."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Album, Image
from albums.services.arranging.albums import album_add_images, album_create
from albums.services.arranging.share_links import share_link_create
from faces.models import Person
from tests.browser.conftest import PATIENCE
from tests.rows import face_row, stored_image


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def photos(owner: User) -> list[Image]:
    sizes = ((960, 640), (640, 960), (900, 900))
    photos = [stored_image(owner, number=number, size=size) for number, size in enumerate(sizes)]
    face_row(photos[0], person=Person.objects.create(owner=owner, name="Clara"))
    return photos


@pytest.fixture
def album(owner: User, photos: list[Image]) -> Album:
    album = album_create(owner=owner, name="Summer at the lake")
    album_add_images(album=album, images=photos)
    return album


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """Somebody else's browser. Nothing on its pages may fail, and nothing ask another server."""
    context = browser.new_context(accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []
    away: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda line: (
            errors.append(line.text) if line.type == "error" and "status of 403" not in line.text else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((live_server.url, "data:", "blob:", "about:"))
            else away.append(request.url)
        ),
    )
    yield page
    assert (errors, away) == ([], [])
    context.close()


def test_an_album_is_shared_with_a_password_and_opened_without_an_account(
    signed_in: Page, visitor: Page, album: Album, live_server: LiveServer, tmp_path: Path
) -> None:
    signed_in.goto(f"{live_server.url}/albums/{album.pk}/")
    signed_in.get_by_role("link", name="Share").click()
    signed_in.get_by_label("Password", exact=True).fill("Open Sesame")
    signed_in.get_by_role("button", name="Create link").click()
    address = signed_in.locator(".share-address input").input_value()
    assert address.startswith(f"{live_server.url}/s/")

    visitor.goto(address)
    expect(visitor.locator("h1")).to_have_text("Shared album")
    visitor.get_by_label("Password").fill("open sesame")
    visitor.keyboard.press("Enter")
    expect(visitor.locator(".error")).to_contain_text("Wrong password")
    visitor.get_by_label("Password").fill("Open Sesame")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("h1")).to_have_text("Summer at the lake")
    expect(visitor.locator(".shared-photo img")).to_have_count(3)
    assert "Clara" not in visitor.content()

    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "Summer at the lake.zip"
    path = tmp_path / "album.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert sorted(archive.namelist()) == ["photo-0.jpg", "photo-1.jpg", "photo-2.jpg"]
        assert archive.testzip() is None

    visitor.locator(".shared-photo").first.click()
    expect(visitor.locator(".stage-count")).to_have_text("1 of 3")
    assert "Clara" not in visitor.content()
    visitor.keyboard.press("ArrowRight")
    expect(visitor.locator(".stage-count")).to_have_text("2 of 3")
    visitor.keyboard.press("Escape")
    expect(visitor.locator("h1")).to_have_text("Summer at the lake")

    signed_in.get_by_role("link", name="Delete link").click()
    signed_in.get_by_role("button", name="Delete link").click()
    expect(signed_in.locator(".share-address")).to_have_count(0)
    answer = visitor.request.get(address)
    assert answer.status == 404


def test_a_slideshow_runs_pauses_and_obeys_the_keys(
    visitor: Page, album: Album, live_server: LiveServer
) -> None:
    link = share_link_create(album=album)
    visitor.goto(f"{live_server.url}/s/{link.token}/slideshow/")
    play = visitor.locator("[data-play]")
    expect(play).to_have_attribute("aria-label", "Pause")
    visitor.locator("[data-seconds]").select_option("2")
    expect(visitor.locator("[data-count]")).to_have_text("2 of 3")
    visitor.locator("main").click()
    visitor.keyboard.press(" ")
    expect(play).to_have_attribute("aria-label", "Play")
    visitor.keyboard.press("ArrowLeft")
    expect(visitor.locator("[data-count]")).to_have_text("1 of 3")
    visitor.keyboard.press("ArrowLeft")
    expect(visitor.locator("[data-count]")).to_have_text("3 of 3")
    # One picture is left when the other has faded.
    expect(visitor.locator(".slide")).to_have_count(1)
    expect(visitor.locator("[data-live]")).to_contain_text("3 of 3")
    assert visitor.url.endswith("?at=2")
    visitor.emulate_media(reduced_motion="reduce")
    visitor.reload()
    expect(play).to_have_attribute("aria-label", "Play")
    expect(visitor.locator("[data-count]")).to_have_text("3 of 3")
    visitor.keyboard.press("Escape")
    expect(visitor.locator("h1")).to_have_text("Summer at the lake")


def test_an_album_that_fills_itself_is_made_by_ticking_a_name(
    signed_in: Page, photos: list[Image], live_server: LiveServer
) -> None:
    signed_in.goto(f"{live_server.url}/albums/")
    signed_in.get_by_role("link", name="Smart album").click()
    signed_in.get_by_label("Name", exact=True).fill("All of Clara")
    signed_in.get_by_label("Clara", exact=True).check()
    signed_in.get_by_role("button", name="Create").click()
    expect(signed_in.locator("h1")).to_have_text("All of Clara")
    expect(signed_in.locator(".album-rule")).to_contain_text("Clara")
