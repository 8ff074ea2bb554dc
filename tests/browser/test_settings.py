"""The settings and the frame of all pages, in a browser."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from faces.models import Face, Person
from faces.services.core.consent import recognition_enabled
from faces.views import recognition
from tests.browser.axe import violations
from tests.rows import face_row, stored_image


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "enqueue_sweep", lambda: None)
    monkeypatch.setattr(recognition, "enqueue_owner_scans", lambda _owner: None)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_colours_that_somebody_chose_and_in_the_menu(
    signed_in: Page, live_server: LiveServer, theme: str
) -> None:
    signed_in.goto(f"{live_server.url}/settings/appearance/")
    signed_in.check(f"input[name=theme][value={theme}]")
    signed_in.click("main button:has-text('Save')")
    expect(signed_in.locator(".toast")).to_be_visible()
    expect(signed_in.locator("html")).to_have_attribute("data-theme", theme)
    assert violations(signed_in) == []
    signed_in.locator(".account-menu > summary").click()
    assert violations(signed_in) == []


def test_a_phone_has_its_bar_below_and_the_rest_behind_more(signed_in: Page, live_server: LiveServer) -> None:
    signed_in.set_viewport_size({"width": 390, "height": 844})
    signed_in.goto(f"{live_server.url}/")
    bar = signed_in.locator("nav.tabs")
    box = bar.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == 844
    expect(signed_in.locator(".tabs > a.wide-only").first).to_be_hidden()
    bar.get_by_text("More").click()
    entry = bar.get_by_role("link", name="Settings")
    place = entry.bounding_box()
    assert place is not None
    assert place["height"] >= 44
    assert place["y"] > 0
    entry.click()
    expect(signed_in.locator("h1")).to_have_text("Settings")
    signed_in.get_by_role("link", name="Storage").click()
    expect(signed_in.locator("h1")).to_have_text("Storage")
    signed_in.locator(".settings-back").click()
    expect(signed_in.locator("h1")).to_have_text("Settings")


def test_every_part_of_the_frame_can_be_reached_by_keyboard(signed_in: Page, live_server: LiveServer) -> None:
    signed_in.set_viewport_size({"width": 1440, "height": 900})
    signed_in.goto(f"{live_server.url}/settings/")
    reached = []
    for _ in range(12):
        signed_in.keyboard.press("Tab")
        reached.append(
            signed_in.evaluate(
                "(document.activeElement.ariaLabel || document.activeElement.innerText).trim()"
            )
        )
    for name in ("Skip to content", "Photos", "People", "Albums", "Review", "Studio", "Account"):
        assert any(name in one for one in reached), (name, reached)
    signed_in.focus(".account-menu > summary")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator(".account-menu .menu-list")).to_be_visible()
    signed_in.keyboard.press("Escape")
    expect(signed_in.locator(".account-menu .menu-list")).to_be_hidden()
    expect(signed_in.locator(".account-menu > summary")).to_be_focused()


def test_the_colours_change_from_the_menu_and_stay(signed_in: Page, live_server: LiveServer) -> None:
    signed_in.goto(f"{live_server.url}/albums/")
    signed_in.click(".account-menu > summary")
    signed_in.get_by_role("button", name="Dark").click()
    expect(signed_in).to_have_url(f"{live_server.url}/albums/")
    expect(signed_in.locator("html")).to_have_attribute("data-theme", "dark")
    paper = signed_in.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(20, 19, 18)"


def test_a_message_says_what_was_done_and_goes_when_it_is_closed(
    signed_in: Page, live_server: LiveServer
) -> None:
    signed_in.goto(f"{live_server.url}/settings/appearance/")
    signed_in.check("input[name=theme][value=light]")
    signed_in.click("main button:has-text('Save')")
    note = signed_in.locator(".toast")
    expect(note).to_contain_text("Saved")
    note.get_by_label("Close").click()
    expect(note).to_have_count(0)


def test_face_recognition_goes_off_with_a_receipt_and_on_again(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    face_row(stored_image(owner), person=Person.objects.create(owner=owner, name="Anna"))
    signed_in.goto(f"{live_server.url}/settings/")
    signed_in.get_by_role("link", name="Face recognition").click()
    signed_in.click("text=Turn off and delete face data…")
    expect(signed_in.locator("h1")).to_have_text("Turn off face recognition?")
    signed_in.get_by_role("button", name="Turn off and delete").click()
    expect(signed_in.locator(".receipt")).to_contain_text("People and their names")
    assert not Face.objects.exists()
    signed_in.goto(f"{live_server.url}/people/")
    expect(signed_in.locator("h1")).to_have_text("Face recognition is off")
    signed_in.click("text=Open settings")
    signed_in.get_by_role("button", name="Turn on").click()
    expect(signed_in.locator(".badge").first).to_have_text("On")
    assert recognition_enabled(owner.pk)


def test_storage_is_counted_after_the_page_has_come(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    stored_image(owner)
    signed_in.goto(f"{live_server.url}/settings/storage/")
    expect(signed_in.locator("#derived")).to_contain_text("Thumbnails and previews")


def test_a_token_is_shown_once_and_can_be_revoked(signed_in: Page, live_server: LiveServer) -> None:
    signed_in.goto(f"{live_server.url}/settings/tokens/")
    signed_in.get_by_label("Name").fill("backup")
    signed_in.get_by_label("Faces and people").check()
    signed_in.click("text=Create token")
    secret = signed_in.locator("#secret").input_value()
    assert secret.startswith("tro_")
    answer = signed_in.request.get(
        f"{live_server.url}/api/v1/people/", headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status == 200
    signed_in.get_by_role("button", name="Revoke backup").click()
    expect(signed_in.locator(".toast")).to_contain_text("Revoked")
    expect(signed_in.locator("main")).not_to_contain_text("backup")


def test_the_export_comes_as_a_file(signed_in: Page, owner: User, live_server: LiveServer) -> None:
    stored_image(owner)
    signed_in.goto(f"{live_server.url}/settings/export/")
    with signed_in.expect_download() as download:
        signed_in.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.startswith("trombine-export-")
