"""The search box with its suggestions, and pictures given to the look-alike page, by camera too."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import pytest
from django.contrib.auth.models import User
from PIL import Image as Pillow
from playwright.sync_api import Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Image
from faces.models import Person
from faces.services.searching.lookalike import LookalikeResult
from faces.services.searching.nearest import NearFace, NearPerson
from faces.views import lookalike as page_module
from faces.vision.types import Box
from tests.browser.axe import violations
from tests.browser.looking import Eyes
from tests.rows import face_row, stored_image

DROP = """
([target, base64]) => {
  const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  const carrier = new DataTransfer();
  carrier.items.add(new File([bytes], "dropped.png", { type: "image/png" }));
  document.querySelector(target).dispatchEvent(
    new DragEvent("drop", { dataTransfer: carrier, bubbles: true, cancelable: true }));
}
"""
PASTE = """
base64 => {
  const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  const carrier = new DataTransfer();
  carrier.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
  document.body.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: carrier, bubbles: true, cancelable: true }));
}
"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture
def anna(owner: User) -> Person:
    """Anna, in one of two photos."""
    person = Person.objects.create(owner=owner, name="Anna Müller " + "von und zu " * 4)
    image = stored_image(owner)
    Image.objects.filter(pk=image.pk).update(place="Lyon", country="FR", camera="Canon EOS 5D")
    face_row(image, person=person)
    stored_image(owner, number=2)
    return person


@pytest.fixture
def searches(owner: User, anna: Person, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The sizes of the pictures that were searched with; each search finds Anna."""
    sizes: list[tuple[int, int]] = []
    face = anna.faces.get()
    two = [Box(0.1, 0.2, 0.2, 0.4), Box(0.6, 0.2, 0.2, 0.4)]

    def answer(*, user: User, picture: BinaryIO, face_index: int | None = None) -> LookalikeResult:
        sizes.append(Pillow.open(picture).size)
        near = [NearPerson(anna, face, 0.1, 0.973)], [NearFace(face, 0.1, 0.973)]
        return LookalikeResult(two, face_index or 0, *near)

    monkeypatch.setattr(page_module, "lookalikes", answer)
    return sizes


@pytest.fixture
def sent(signed_in: Page) -> Iterator[list[str]]:
    """The addresses that anything was sent to."""
    addresses: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            addresses.append(request.url)

    signed_in.on("request", note)
    yield addresses
    signed_in.remove_listener("request", note)


def test_suggestions_are_selected_by_keys_and_the_back_button_removes_them(
    signed_in: Page, anna: Person, live_server: LiveServer
) -> None:
    signed_in.goto(f"{live_server.url}/search/")
    box = signed_in.get_by_role("combobox", name="Search photos")
    options = signed_in.get_by_role("option")
    box.press_sequentially("2024 ann")
    expect(options).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    box.press("Escape")
    expect(signed_in.locator("#search-list")).to_be_hidden()
    expect(box).to_have_value("2024 ann")
    box.press("ArrowDown")
    expect(options).to_have_count(1)
    box.press("ArrowDown")
    box.press("Enter")
    expect(signed_in).to_have_url(f"{live_server.url}/search/?q=2024&person={anna.pk}")
    expect(signed_in.locator(".photo")).to_have_count(1)
    signed_in.locator(".search-chip").click()
    expect(signed_in.locator(".photo")).to_have_count(2)
    signed_in.go_back()
    expect(signed_in.locator(".photo")).to_have_count(1)
    expect(signed_in.locator("#search-text")).to_have_value("2024")
    # Typed words go with the chips that are there.
    signed_in.fill("#search-text", "oslo")
    signed_in.keyboard.press("Enter")
    expect(signed_in).to_have_url(f"{live_server.url}/search/?q=oslo&person={anna.pk}")
    expect(signed_in.get_by_text("No photos match")).to_be_visible()


def test_a_picture_of_the_camera_is_sent_on_the_press_of_the_button_alone(
    signed_in: Page, searches: list[Any], sent: list[str], live_server: LiveServer
) -> None:
    signed_in.context.grant_permissions(["camera"], origin=live_server.url)
    signed_in.goto(f"{live_server.url}/lookalike/")
    signed_in.get_by_role("button", name="Use the camera").click()
    # Polled from here: the policy of the pages forbids to wait for a written condition.
    for _ in range(300):
        if signed_in.evaluate("document.querySelector('video').videoWidth") > 0:
            break
        signed_in.wait_for_timeout(100)
    signed_in.get_by_role("button", name="Take photo").click()
    expect(signed_in.get_by_alt_text("Selected image")).to_be_visible()
    # The camera is off again, and nothing was sent so far.
    assert signed_in.evaluate("document.querySelector('video').srcObject") is None
    expect(signed_in.locator("video")).to_be_hidden()
    assert sent == []
    expect(signed_in.get_by_role("button", name="Search", exact=True)).to_be_focused()
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_text("Very likely the same person: 97%")).to_be_visible()
    assert len(sent) == len(searches) == 1
    # Another of the faces in it is searched for with the copy in the page.
    signed_in.get_by_role("button", name="Use face 2").click()
    expect(signed_in.get_by_role("button", name="Use face 2")).to_have_attribute("aria-pressed", "true")
    assert len(searches) == 2


def test_pictures_are_dropped_and_pasted(
    signed_in: Page, searches: list[Any], live_server: LiveServer
) -> None:
    signed_in.goto(f"{live_server.url}/lookalike/")
    # Dropped beside the field, it is searched with at once.
    signed_in.evaluate(DROP, ["h1", DOT])
    expect(signed_in.get_by_role("heading", name="People")).to_be_visible()
    assert searches == [(1, 1)]
    signed_in.goto(f"{live_server.url}/verify/")
    for count in (1, 2):
        signed_in.evaluate(PASTE, DOT)
        expect(signed_in.locator(".picture-preview:visible")).to_have_count(count)
    names = "[...document.querySelectorAll('input[type=file]')].map(one => one.files[0].name)"
    assert signed_in.evaluate(names) == ["pasted.png", "pasted.png"]


def test_nothing_is_wrong_with_the_suggestions_and_with_what_looks_alike(
    signed_in: Page, searches: list[Any], anna: Person, live_server: LiveServer
) -> None:
    eyes = Eyes(also_at=(360,))
    signed_in.goto(f"{live_server.url}/search/")
    signed_in.locator("#search-text").press_sequentially("an")
    expect(signed_in.get_by_role("option")).to_have_count(1)
    assert eyes.faults(signed_in) == []
    signed_in.goto(f"{live_server.url}/lookalike/")
    signed_in.evaluate(DROP, ["[data-picture]", DOT])
    expect(signed_in.get_by_role("heading", name="People")).to_be_visible()
    assert eyes.faults(signed_in) == []


def test_the_box_in_the_header_is_on_every_page_and_arrows_stay_within_what_was_found(
    signed_in: Page, anna: Person, live_server: LiveServer
) -> None:
    signed_in.set_viewport_size({"width": 1440, "height": 800})
    signed_in.goto(f"{live_server.url}/people/")
    signed_in.get_by_role("combobox").press_sequentially("lyon")
    expect(signed_in.get_by_role("option")).to_have_count(1)
    signed_in.keyboard.press("Enter")
    expect(signed_in).to_have_url(f"{live_server.url}/search/?q=lyon")
    signed_in.locator(".photo a").click()
    signed_in.wait_for_url("**/photos/*/?search=q%3Dlyon")
    # The other photo was not found: there is no way on.
    expect(signed_in.locator("a[rel=next], a[rel=prev]")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_header_has_room_for_the_box_at_every_width(
    signed_in: Page, owner: User, live_server: LiveServer, language: str
) -> None:
    signed_in.set_extra_http_headers({"Accept-Language": language})
    signed_in.goto(f"{live_server.url}/people/")
    for width in (360, 701, 768, 901, 1024, 1101, 1241, 1440, 3840):
        signed_in.set_viewport_size({"width": width, "height": 800})
        excess = signed_in.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (width, excess) == (width, min(excess, 0))
        if width > 900:
            heights = signed_in.locator(".tabs > a:visible").evaluate_all(
                "all => all.map(one => one.offsetHeight)"
            )
            # No label is broken into two lines.
            assert max(heights) < 50, width


def test_keys_lead_to_the_search_whose_filters_end_by_backspace_and_which_remembers(
    signed_in: Page, anna: Person, live_server: LiveServer
) -> None:
    signed_in.goto(f"{live_server.url}/bin/")
    signed_in.keyboard.press("?")
    dialog = signed_in.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_text("Select a range")).to_be_visible()
    assert violations(signed_in) == []
    signed_in.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    signed_in.keyboard.press("/")
    box = signed_in.get_by_role("combobox", name="Search photos")
    expect(box).to_be_focused()
    box.press_sequentially("a/?")
    expect(box).to_have_value("a/?")
    # The place has a picture, which is one of its photos.
    box.fill("lyo")
    lyon = signed_in.get_by_role("option", name="Lyon")
    assert lyon.locator("img").get_attribute("src") == f"/photos/{anna.faces.get().image_id}/thumbnail.jpg"
    lyon.click()
    signed_in.wait_for_url("**/search/?place=**")
    chips = signed_in.get_by_role("list", name="Search filters")
    expect(chips).to_contain_text("Lyon")
    box.focus()
    signed_in.keyboard.press("Backspace")
    expect(chips).to_have_count(0)
    expect(box).to_be_focused()
    # The empty page and the box of other pages offer what was searched for.
    recent = signed_in.get_by_role("region", name="Recent searches")
    expect(recent.get_by_role("link", name="Lyon, France")).to_be_visible()
    signed_in.goto(f"{live_server.url}/bin/")
    signed_in.keyboard.press("/")
    signed_in.keyboard.press("ArrowDown")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url("**/search/?place=**")
    signed_in.goto(f"{live_server.url}/search/")
    recent.get_by_role("button", name="Clear recent searches").click()
    expect(recent).to_be_hidden()
    assert signed_in.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('recent'))") == []
