"""The photo viewer beside its faces: descriptions, albums, touch, and the page without scripts."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Image
from tests.rows import NOON, face_row, stored_image


@pytest.fixture
def three(owner: User) -> list[Image]:
    """Photos of 900 x 600, newest first."""
    return [
        stored_image(owner, number=number, size=(900, 600), captured_at=NOON - timedelta(days=number))
        for number in range(3)
    ]


def open_photo(page: Page, server: LiveServer, image: Image, query: str = "") -> None:
    page.goto(f"{server.url}/photos/{image.pk}/{query}")
    expect(page.locator("html")).to_have_class(re.compile("scripted"))


def test_descriptions_and_albums_are_saved_without_leaving_the_photo(
    signed_in: Page, owner: User, three: list[Image], live_server: LiveServer
) -> None:
    open_photo(signed_in, live_server, three[0])
    signed_in.evaluate("window.sameDocument = true")
    signed_in.click("text=Add description")
    signed_in.fill("#description", "On the bridge")
    signed_in.click(".about-edit button >> text=Save")
    expect(signed_in.locator(".photo-words")).to_have_text("On the bridge")
    signed_in.click("text=Add to album")
    signed_in.fill("#photo-new-album", "Winter")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator(".chips")).to_contain_text("Winter")
    signed_in.keyboard.press("i")
    expect(signed_in.locator("#photo-about")).to_have_count(1)
    assert signed_in.evaluate("window.sameDocument") is True


def test_everything_but_drawing_works_without_a_script(
    browser: Browser, owner: User, three: list[Image], live_server: LiveServer
) -> None:
    face_row(three[0])
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/photos/{three[0].pk}/")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "a long pass phrase")
    page.click("main button:not([type=button])")
    expect(page.locator("#draw")).to_be_hidden()
    expect(page.locator(".face-box")).to_be_hidden()
    page.locator("label[for=boxes]").click()
    page.locator(".face-box rect").click()
    page.fill("#face-who", "Anna")
    page.click("button >> text=Save")
    expect(page.locator(".who-name")).to_have_text("Anna")
    page.click("text=Undo")
    expect(page.locator(".who-name")).to_have_text("Unassigned")
    page.click("#next")
    expect(page).to_have_url(f"{live_server.url}/photos/{three[1].pk}/")
    page.click("#viewer-back")
    expect(page).to_have_url(f"{live_server.url}/")
    context.close()


def test_a_finger_swipes_to_the_next_photo(
    browser: Browser, owner: User, three: list[Image], live_server: LiveServer
) -> None:
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{live_server.url}/photos/{three[0].pk}/")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "a long pass phrase")
    page.click("main button:not([type=button])")
    expect(page.locator("html")).to_have_class(re.compile("scripted"))
    session = context.new_cdp_session(page)
    for kind, x in (("touchStart", 320), ("touchMove", 200), ("touchMove", 60), ("touchEnd", None)):
        points = [] if x is None else [{"x": x, "y": 400}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(page).to_have_url(f"{live_server.url}/photos/{three[1].pk}/")
    context.close()
