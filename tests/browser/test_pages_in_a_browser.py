"""Behaviour that needs a browser: layout, keys, drag and drop, and a policy that allows what pages need."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Album, Image
from albums.services.arranging.albums import album_add_images
from albums.views import uploads
from faces.models import Person
from tests.browser.conftest import PASSWORD
from tests.rows import drawn_jpeg, face_row, group_of, image_rows, stored_image


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "enqueue_reading", lambda _ids: None)


def test_the_first_visit_makes_an_account_and_lands_on_the_empty_library(
    watched: Page, live_server: LiveServer
) -> None:
    watched.goto(f"{live_server.url}/people/")
    expect(watched).to_have_url(f"{live_server.url}/welcome/")
    watched.fill("[name=username]", "ada")
    watched.fill("[name=password1]", "a long pass phrase")
    watched.fill("[name=password2]", "a long pass phrase")
    watched.click("text=Create account")
    expect(watched.locator("h1")).to_have_text("Add your photos")


def test_the_rows_of_the_grid_are_even_before_any_picture_has_come(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    for number, size in enumerate(((90, 60), (60, 90), (160, 60), (60, 60), (90, 60), (200, 60))):
        stored_image(owner, number=number, size=size)
    signed_in.route("**/*.jpg*", lambda route: route.fulfill(status=204))
    signed_in.goto(f"{live_server.url}/")
    signed_in.wait_for_load_state("networkidle")
    # All at one moment: read one by one, the page may lay itself out in between.
    boxes = signed_in.locator(".photo > a").evaluate_all(
        "tiles => tiles.map((tile) => tile.getBoundingClientRect().toJSON())"
    )
    rows: dict[int, set[int]] = {}
    for box in boxes:
        rows.setdefault(round(box["y"]), set()).add(round(box["height"] / 3))
    assert rows
    assert all(len(heights) == 1 for heights in rows.values())


def test_more_photos_come_in_while_scrolling_without_a_second_month_heading(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    album = Album.objects.create(owner=owner, name="All")
    album_add_images(album=album, images=image_rows(owner, 130, apart=timedelta(0)))
    signed_in.route("**/*.jpg*", lambda route: route.fulfill(status=204))
    signed_in.goto(f"{live_server.url}/albums/{album.pk}/")
    expect(signed_in.locator(".photo")).to_have_count(60)
    for count in (120, 130):
        signed_in.locator("p.more").scroll_into_view_if_needed()
        expect(signed_in.locator(".photo")).to_have_count(count)
    expect(signed_in.locator(".month")).to_have_count(1)
    expect(signed_in.locator(".filler")).to_have_count(1)


def test_after_the_session_ended_a_page_that_asks_for_news_offers_to_sign_in_and_asks_no_more(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    stored_image(owner, state=Image.State.STORED)
    signed_in.goto(f"{live_server.url}/people/")
    expect(signed_in.locator("#progress")).to_contain_text("0 of 1")
    Session.objects.all().delete()
    polled: list[str] = []
    signed_in.on(
        "request", lambda request: polled.append(request.url) if "/progress/" in request.url else None
    )
    expect(signed_in.locator("#toasts")).to_contain_text("You are signed out.")
    before = len(polled)
    signed_in.wait_for_timeout(2500)
    assert len(polled) == before
    signed_in.click("#toasts >> text=Sign in")
    signed_in.fill("#signed-out [name=password]", PASSWORD)
    signed_in.click("#signed-out form button:not([type=button])")
    expect(signed_in.locator("#toasts")).not_to_contain_text("You are signed out.")
    signed_in.wait_for_timeout(2500)
    assert len(polled) > before


def test_ticked_photos_go_into_a_new_album(signed_in: Page, owner: User, live_server: LiveServer) -> None:
    for number in range(3):
        stored_image(owner, number=number)
    signed_in.goto(f"{live_server.url}/")
    expect(signed_in.locator(".selection-bar")).to_be_hidden()
    for at in (0, 2):
        signed_in.locator(".photo").nth(at).hover()
        signed_in.locator(".pick input").nth(at).check()
    signed_in.fill("#selection-name", "Holiday")
    signed_in.click("text=Add to album")
    signed_in.click("text=Open album")
    expect(signed_in.locator("h1")).to_have_text("Holiday")
    expect(signed_in.locator(".photo")).to_have_count(2)


def test_everything_but_comfort_works_without_javascript(
    browser: Browser, owner: User, live_server: LiveServer, tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(drawn_jpeg())
    person = Person.objects.create(owner=owner)
    face_row(stored_image(owner, number=7), person=person)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/upload/")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "a long pass phrase")
    page.click("main button:not([type=button])")
    page.set_input_files("#upload-files", str(path))
    page.click("[data-upload-button]")
    expect(page.locator("main h2")).to_contain_text("1 uploaded")
    page.goto(f"{live_server.url}/people/")
    page.fill("main [name=name]", "Anna")
    page.click(".name-it button")
    expect(page.locator(".person-name")).to_have_text("Anna")
    context.close()


def test_the_keys_of_the_review_page_answer_put_off_and_undo(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    for look in range(2):
        group_of(owner, 3, look=look, name=f"Person {look}")
        group_of(owner, 2, look=look)
    signed_in.goto(f"{live_server.url}/review/")
    question = signed_in.locator("[data-question]")
    first = str(question.get_attribute("data-question"))
    signed_in.keyboard.press("s")
    expect(question).not_to_have_attribute("data-question", first)
    second = str(question.get_attribute("data-question"))
    for key, shown in (("n", first), ("u", second), ("y", first)):
        signed_in.keyboard.press(key)
        expect(question).to_have_attribute("data-question", shown)
