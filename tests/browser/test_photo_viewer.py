"""The viewer as a person uses it: arrows, size, faces named and drawn, all of it by keyboard too."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Image, Rendition
from faces import runtime
from faces.models import Change, Face, Person, Verdict
from tests.browser.looking import Eyes
from tests.browser.viewer_page import box_of, open_photo
from tests.faces import coloured
from tests.rows import NOON, album_of, face_row, stored_image


@pytest.fixture
def three(owner: User) -> list[Image]:
    """Photos of 900 x 600, newest first."""
    return [
        stored_image(owner, number=number, size=(900, 600), captured_at=NOON - timedelta(days=number))
        for number in range(3)
    ]


@pytest.fixture
def _models(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(runtime, "open_detector", lambda _wanted: coloured.ColourDetector())
    monkeypatch.setattr(runtime, "open_embedder", lambda _wanted: coloured.ColourEmbedder())
    runtime.reset()
    yield
    runtime.reset()


@pytest.mark.parametrize("width", [360, 390, 1440, 3840])
def test_the_photo_fills_the_window_and_the_boxes_lie_on_the_faces(
    signed_in: Page, owner: User, three: list[Image], live_server: LiveServer, width: int
) -> None:
    face_row(three[0], person=Person.objects.create(owner=owner, name="Anna " * 14))
    signed_in.set_viewport_size({"width": width, "height": 2000 if width > 2000 else 800})
    open_photo(signed_in, live_server, three[0])
    expect(signed_in.locator(".face-box rect")).to_be_hidden()
    signed_in.keyboard.press("p")
    photo, box = box_of(signed_in.locator("#picture")), box_of(signed_in.locator(".face-box rect"))
    stage = box_of(signed_in.locator("#stage"))
    assert abs(photo["width"] / photo["height"] - 1.5) < 0.02
    assert min(stage["width"] - photo["width"], stage["height"] - photo["height"]) < 2
    assert abs(box["x"] - (photo["x"] + 0.3 * photo["width"])) < 4
    assert abs(box["y"] - (photo["y"] + 0.2 * photo["height"])) < 4
    assert abs(box["width"] - 0.4 * photo["width"]) < 8
    excess = signed_in.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert excess <= 0
    # What is switched on stays on.
    signed_in.reload()
    expect(signed_in.locator(".face-box rect")).to_be_visible()


def test_nothing_is_wrong_with_the_boxes_the_card_and_the_drawing(
    signed_in: Page, three: list[Image], live_server: LiveServer
) -> None:
    eyes = Eyes(also_at=(360,))
    face_row(three[1], person=Person.objects.create(owner=three[1].owner, name="Anna"))
    open_photo(signed_in, live_server, three[1])
    signed_in.keyboard.press("p")
    assert eyes.faults(signed_in) == []
    signed_in.locator(".who-edit").click()
    expect(signed_in.locator("#face-card")).to_be_visible()
    assert eyes.faults(signed_in) == []
    signed_in.keyboard.press("Escape")
    signed_in.keyboard.press("d")
    expect(signed_in.locator(".draw-layer")).to_be_focused()
    assert eyes.faults(signed_in) == []


def test_arrows_go_on_without_loading_the_page_and_escape_leads_back_to_the_grid(
    signed_in: Page, three: list[Image], live_server: LiveServer
) -> None:
    signed_in.goto(f"{live_server.url}/")
    signed_in.locator(f'a[href^="/photos/{three[0].pk}/"]').first.click()
    expect(signed_in.locator("html")).to_have_class(re.compile("scripted"))
    signed_in.evaluate("window.sameDocument = true")
    for key, image in (("ArrowRight", three[1]), ("ArrowRight", three[2]), ("ArrowLeft", three[1])):
        signed_in.keyboard.press(key)
        expect(signed_in).to_have_url(f"{live_server.url}/photos/{image.pk}/")
        expect(signed_in.locator("#picture")).to_have_attribute("src", f"/photos/{image.pk}/preview.jpg?t=0")
        expect(signed_in).to_have_title(re.compile(image.name))
    assert signed_in.evaluate("window.sameDocument") is True
    signed_in.keyboard.press("Escape")
    expect(signed_in).to_have_url(f"{live_server.url}/")


def test_escape_leads_to_the_album_that_the_address_names(
    signed_in: Page, owner: User, three: list[Image], live_server: LiveServer
) -> None:
    album = album_of(owner, three[0], three[2], sort="oldest")
    signed_in.goto("about:blank")
    open_photo(signed_in, live_server, three[2], f"?album={album.pk}")
    signed_in.keyboard.press("ArrowRight")
    expect(signed_in).to_have_url(f"{live_server.url}/photos/{three[0].pk}/?album={album.pk}")
    signed_in.keyboard.press("Escape")
    expect(signed_in).to_have_url(f"{live_server.url}/albums/{album.pk}/")


def test_the_photo_is_enlarged_by_keys_wheel_and_double_click_and_shown_sharp(
    signed_in: Page, three: list[Image], live_server: LiveServer
) -> None:
    requested: list[str] = []
    signed_in.on("request", lambda request: requested.append(request.url))
    open_photo(signed_in, live_server, three[0])
    fitted = box_of(signed_in.locator("#picture"))["width"]
    signed_in.keyboard.press("+")
    assert box_of(signed_in.locator("#picture"))["width"] == pytest.approx(1.5 * fitted, abs=2)
    signed_in.keyboard.press("-")
    assert box_of(signed_in.locator("#picture"))["width"] == pytest.approx(fitted, abs=2)
    before = box_of(signed_in.locator("#picture"))
    x, y = before["x"] + 0.25 * before["width"], before["y"] + 0.75 * before["height"]
    signed_in.mouse.dblclick(x, y)
    after = box_of(signed_in.locator("#picture"))
    assert after["width"] == pytest.approx(2.5 * fitted, abs=2)
    # What was pointed at is still there.
    assert (x - after["x"]) / after["width"] == pytest.approx(0.25, abs=0.01)
    assert (y - after["y"]) / after["height"] == pytest.approx(0.75, abs=0.01)
    expect(signed_in.locator("#picture")).to_have_attribute("src", f"/photos/{three[0].pk}/original")
    signed_in.mouse.move(x, y)
    signed_in.mouse.down()
    signed_in.mouse.move(x + 60, y - 40)
    signed_in.mouse.up()
    moved = box_of(signed_in.locator("#picture"))
    assert (moved["x"] - after["x"], moved["y"] - after["y"]) == pytest.approx((60, -40), abs=2)
    signed_in.keyboard.press("Escape")
    assert box_of(signed_in.locator("#picture"))["width"] == pytest.approx(fitted, abs=2)
    signed_in.mouse.wheel(0, -500)
    assert box_of(signed_in.locator("#picture"))["width"] > 1.5 * fitted
    expect(signed_in).to_have_url(re.compile(f"/photos/{three[0].pk}/"))


def test_a_face_is_named_by_keyboard_and_the_name_is_taken_back(
    signed_in: Page, owner: User, three: list[Image], live_server: LiveServer
) -> None:
    face = face_row(three[0])
    open_photo(signed_in, live_server, three[0])
    signed_in.keyboard.press("p")
    box = signed_in.locator(".face-box")
    box.focus()
    signed_in.keyboard.press("Enter")
    card = signed_in.locator("#face-card")
    expect(card.locator("#face-who")).to_be_focused()
    signed_in.keyboard.type("Anna")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator(".viewer-message")).to_contain_text("Saved: Anna")
    expect(card).to_be_hidden()
    expect(signed_in.locator(".who-name")).to_have_text("Anna")
    expect(signed_in.locator(".face-box text")).to_have_text("Anna")
    # The focus is where it was.
    expect(signed_in.locator(".face-box")).to_be_focused()
    assert Verdict.objects.get(face=face).person.name == "Anna"
    assert Change.objects.count() == 1
    signed_in.keyboard.press("u")
    expect(signed_in.locator(".who-name")).to_have_text("Unassigned")
    assert not Person.objects.exists()


def test_not_this_person_and_not_a_face_are_one_press_each(
    signed_in: Page, owner: User, three: list[Image], live_server: LiveServer
) -> None:
    face_row(three[0], person=Person.objects.create(owner=owner, name="Anna"))
    open_photo(signed_in, live_server, three[0])
    signed_in.locator(".who-edit").click()
    signed_in.click("text=Not Anna")
    expect(signed_in.locator(".who-name")).to_have_text("Unassigned")
    signed_in.locator(".who-edit").click()
    signed_in.click("text=Not a face")
    expect(signed_in.locator(".who")).to_have_count(0)
    signed_in.click(".viewer-undo")
    expect(signed_in.locator(".who-name")).to_have_text("Unassigned")
    signed_in.locator(".who-edit").click()
    expect(signed_in.locator("#face-card")).to_be_visible()
    signed_in.keyboard.press("Escape")
    expect(signed_in.locator("#face-card")).to_be_hidden()
    expect(signed_in.locator(".who-edit")).to_be_focused()
    expect(signed_in).to_have_url(re.compile(f"/photos/{three[0].pk}/"))


def test_a_group_is_merged_only_after_a_question(
    signed_in: Page, owner: User, three: list[Image], live_server: LiveServer
) -> None:
    anna, group = Person.objects.create(owner=owner, name="Anna"), Person.objects.create(owner=owner)
    face_row(three[2], person=anna)
    for image in three[:2]:
        face_row(image, person=group)
    open_photo(signed_in, live_server, three[0])
    signed_in.locator(".who-edit").click()
    signed_in.fill("#face-who", "Anna")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator("#face-card")).to_contain_text("Is this group also Anna?")
    signed_in.click("text=Yes, all 2 faces")
    expect(signed_in.locator(".who-name")).to_have_text("Anna")
    assert Face.objects.filter(person=anna).count() == 3


@pytest.mark.usefixtures("_models")
def test_a_face_is_drawn_with_the_pointer_and_named(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    image = coloured.photo(owner, red=(100, 50, 120))
    preview = Rendition(image=image, kind=Rendition.Kind.PREVIEW, width=480, height=320)
    preview.file.save("preview.jpg", image.original.file)
    open_photo(signed_in, live_server, image)
    signed_in.keyboard.press("d")
    photo = box_of(signed_in.locator("#picture"))

    def at(x: float, y: float) -> tuple[float, float]:
        return photo["x"] + x / 480 * photo["width"], photo["y"] + y / 320 * photo["height"]

    signed_in.mouse.move(*at(90, 40))
    signed_in.mouse.down()
    signed_in.mouse.move(*at(150, 100))
    signed_in.mouse.move(*at(230, 180))
    signed_in.mouse.up()
    expect(signed_in.locator("#draw-who")).to_be_focused()
    signed_in.keyboard.type("Anna")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator(".viewer-message")).to_contain_text("Face added: Anna")
    expect(signed_in.locator(".draw-layer")).to_have_count(0)
    expect(signed_in.locator(".who-name")).to_have_text("Anna")
    face = Face.objects.get()
    assert face.drawn
    assert (face.x, face.w) == pytest.approx((100 / 480, 120 / 480), abs=0.02)
    signed_in.click(".viewer-undo")
    expect(signed_in.locator(".who")).to_have_count(0)
    assert not Face.objects.exists()


@pytest.mark.usefixtures("_models")
def test_a_face_is_drawn_by_keyboard_alone(signed_in: Page, owner: User, live_server: LiveServer) -> None:
    image = coloured.photo(owner, red=(218, 138, 64))
    preview = Rendition(image=image, kind=Rendition.Kind.PREVIEW, width=480, height=320)
    preview.file.save("preview.jpg", image.original.file)
    open_photo(signed_in, live_server, image)
    signed_in.keyboard.press("d")
    expect(signed_in.locator(".draw-layer")).to_be_focused()
    before = box_of(signed_in.locator(".drawn"))
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        signed_in.keyboard.press(key)
    after = box_of(signed_in.locator(".drawn"))
    assert after["x"] > before["x"]
    assert after["y"] < before["y"]
    assert after["width"] > before["width"]
    signed_in.keyboard.press("Escape")
    expect(signed_in.locator(".draw-layer")).to_have_count(0)
    signed_in.keyboard.press("d")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator(".viewer-message")).to_contain_text("Face added")
    assert Face.objects.get().drawn


def test_names_are_offered_while_one_is_typed_and_taken_by_keyboard(
    signed_in: Page, owner: User, three: list[Image], live_server: LiveServer
) -> None:
    face_row(three[0])
    open_photo(signed_in, live_server, three[0])
    people = [
        {"id": 1, "name": "Anna", "crop": "", "faces": 3},
        {"id": 2, "name": "Anna Maria", "crop": "", "faces": 1},
    ]
    signed_in.route("**/people/names/?q=an", lambda route: route.fulfill(json={"people": people}))
    signed_in.locator(".who-edit").click()
    expect(signed_in.locator("#face-who")).to_be_focused()
    field = signed_in.locator("#face-who")
    signed_in.keyboard.type("an")
    expect(signed_in.locator("[role=option]")).to_have_count(2)
    expect(field).to_have_attribute("aria-expanded", "true")
    signed_in.keyboard.press("Escape")
    expect(signed_in.locator(".names-list")).to_have_count(0)
    expect(signed_in.locator("#face-card")).to_be_visible()
    field.fill("")
    signed_in.keyboard.type("an")
    expect(signed_in.locator("[role=option]")).to_have_count(2)
    signed_in.keyboard.press("ArrowDown")
    signed_in.keyboard.press("ArrowDown")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator(".who-name")).to_have_text("Anna Maria")
