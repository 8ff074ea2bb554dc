"""The rows of the timeline: over the full width, of a size that is remembered, with the viewer over them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Image
from tests.browser.conftest import sign_in
from tests.browser.timeline_page import FILLED, IN_SIGHT, SHAPES, photo, scroll_to
from tests.browser.viewer_page import box_of
from tests.rows import image_rows


@pytest.fixture
def library(owner: User) -> list[Image]:
    """350 photos of many shapes, some two a day, in the order of the timeline."""
    return image_rows(owner, 350, apart=timedelta(hours=13), shapes=SHAPES)


@pytest.fixture
def timeline(signed_in: Page, live_server: LiveServer, library: list[Image]) -> Page:
    signed_in.route("**/*.jpg*", lambda route: route.fulfill(status=204))
    signed_in.goto(f"{live_server.url}/")
    expect(signed_in.locator(".scrubber")).to_be_visible()
    return signed_in


@pytest.mark.parametrize("width", [360, 1440])
def test_rows_fill_the_width_before_the_pictures_come_and_their_zoom_is_remembered(
    timeline: Page, width: int
) -> None:
    timeline.set_viewport_size({"width": width, "height": 800})
    assert_rows_are_full(timeline, height=86 if width == 360 else 150)
    # The second piece continues the row of the first.
    timeline.locator(".piece").nth(1).scroll_into_view_if_needed()
    timeline.evaluate(FILLED)
    assert_rows_are_full(timeline, height=86 if width == 360 else 150)
    seen = timeline.evaluate(IN_SIGHT)
    slider = timeline.get_by_role("slider", name="Size of the photos")
    timeline.keyboard.press("-")
    expect(timeline.locator(f'.photo[data-id="{seen}"]')).to_be_in_viewport()
    assert_rows_are_full(timeline, height=65 if width == 360 else 105)
    timeline.reload()
    expect(slider).to_have_value("2")
    assert_rows_are_full(timeline, height=65 if width == 360 else 105)
    excess = timeline.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert excess <= 0


def assert_rows_are_full(page: Page, *, height: int) -> None:
    """Each row but the last of the library reaches from the left to the right, at about this height."""
    boxes = page.locator('.piece[data-number="0"] .photo, .piece[data-number="1"] .photo').evaluate_all(
        "tiles => tiles.map((tile) => tile.getBoundingClientRect().toJSON())"
    )
    rows: dict[int, list[dict[str, float]]] = {}
    for box in boxes:
        rows.setdefault(round(box["bottom"]), []).append(box)
    assert len(rows) > 5
    left = min(row[0]["left"] for row in rows.values())
    right = max(row[-1]["right"] for row in rows.values())
    for row in rows.values():
        assert abs(row[0]["left"] - left) < 1
        assert row[-1]["right"] > right - 2
        assert height * 0.6 < row[0]["height"] < height * 2.2


def test_a_photo_opens_over_the_timeline_which_is_at_the_same_place_afterwards(
    timeline: Page, library: list[Image], live_server: LiveServer
) -> None:
    timeline.route("**/original", lambda route: route.fulfill(status=204))
    timeline.evaluate("window.sameDocument = true")
    timeline.mouse.move(400, 400)
    scroll_to(timeline, library[150])
    timeline.evaluate(FILLED)
    place = timeline.evaluate("scrollY")
    photo(timeline, library[150]).locator("a").click()
    expect(timeline).to_have_url(re.compile(f"/photos/{library[150].pk}/"))
    expect(timeline.locator("#viewer-back")).to_be_visible()
    timeline.keyboard.press("ArrowRight")
    expect(timeline).to_have_url(re.compile(f"/photos/{library[151].pk}/"))
    timeline.keyboard.press("f")
    expect(timeline.locator("#favourite")).to_have_attribute("aria-pressed", "true")
    timeline.keyboard.press("Escape")
    expect(timeline).to_have_url(f"{live_server.url}/")
    expect(timeline).to_have_title(re.compile("Photos"))
    expect(photo(timeline, library[151]).locator("a")).to_be_focused()
    expect(photo(timeline, library[151])).to_have_attribute("data-heart", "1")
    assert abs(timeline.evaluate("scrollY") - place) < 2
    timeline.keyboard.press("Enter")
    timeline.locator("#delete").click()
    expect(timeline).to_have_url(re.compile(f"/photos/{library[152].pk}/"))
    timeline.go_back()
    expect(photo(timeline, library[152]).locator("a")).to_be_focused()
    expect(photo(timeline, library[151])).to_have_count(0)
    assert timeline.evaluate("window.sameDocument") is True


def test_nothing_is_beside_the_viewer_or_below_the_scrubber(
    launch_browser: Callable[..., Browser], owner: User, live_server: LiveServer
) -> None:
    browser = launch_browser(ignore_default_args=["--hide-scrollbars"])
    context = browser.new_context(viewport={"width": 700, "height": 500}, service_workers="block")
    sign_in(context, owner, live_server)
    signed_in = context.new_page()
    image_rows(owner, 40, apart=timedelta(days=30))
    image_rows(owner, 1, captured_at=datetime.now(UTC).replace(hour=12) - timedelta(days=4 * 365 + 1))
    signed_in.route("**/*.jpg*", lambda route: route.fulfill(status=204))
    signed_in.goto(f"{live_server.url}/")
    expect(signed_in.locator(".scrubber")).to_be_visible()
    row = signed_in.locator(".photo")
    memories = box_of(signed_in.get_by_role("link", name="All memories"))
    assert memories["x"] + memories["width"] <= box_of(signed_in.locator(".scrubber"))["x"]
    scroll_bar = signed_in.evaluate("innerWidth - document.documentElement.clientWidth")
    assert scroll_bar > 5
    sides = "one => [one.getBoundingClientRect().left, one.getBoundingClientRect().right]"
    place = row.nth(3).evaluate(sides)
    row.first.locator("a").click()
    viewer = signed_in.locator("[data-viewer]")
    expect(viewer.locator("#viewer-back")).to_be_visible()
    assert box_of(viewer)["width"] == 700
    assert row.nth(3).evaluate(sides) == place
    # The dialog of a key press draws a ring around what has the focus, which has no round corners here.
    signed_in.keyboard.press("?")
    expect(signed_in.get_by_role("dialog")).to_be_visible()
    assert box_of(viewer)["width"] == 700
    signed_in.keyboard.press("Escape")
    viewer.focus()
    assert viewer.evaluate("one => getComputedStyle(one).borderRadius") == "0px"
    signed_in.keyboard.press("Escape")
    expect(row.first.locator("a")).to_be_focused()
    assert signed_in.evaluate("innerWidth - document.documentElement.clientWidth") == scroll_bar
    assert row.nth(3).evaluate(sides) == place
    browser.close()


def test_names_of_months_that_share_a_row_do_not_cover_each_other(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    image_rows(owner, 4, apart=timedelta(days=40))
    signed_in.route("**/*.jpg*", lambda route: route.fulfill(status=204))
    signed_in.goto(f"{live_server.url}/search/?q=row")
    heads = signed_in.locator(".day-start:has(+ .day-start) .head-line")
    expect(heads.first).to_be_visible()
    assert set(heads.evaluate_all("all => all.map((one) => getComputedStyle(one).overflowX)")) == {"clip"}
    # A name that is cut beside its checkbox says so.
    signed_in.goto(f"{live_server.url}/")
    expect(signed_in.locator(".scripted .pick-all").first).to_be_attached()
    signed_in.locator(".photo [name=image]").first.check()
    cut = """all => all.filter((one) => {
        const [name, line] = [one.firstElementChild, one].map((part) => part.getBoundingClientRect());
        return getComputedStyle(one).overflowX === "clip" && name.right > line.right + 1;
    }).length"""
    signed_in.wait_for_timeout(300)
    assert heads.evaluate_all(cut) == 0
    # Narrow photos on a phone have short names, which fit; whoever listens hears the long ones.
    Image.objects.update(width=600, height=1000)
    signed_in.set_viewport_size({"width": 390, "height": 800})
    signed_in.goto(f"{live_server.url}/")
    names = signed_in.locator(".day-start > .head-line > :is(.month, .day-name)")
    expect(names.first).to_be_visible()
    for selecting in (False, True):
        if selecting:
            signed_in.locator(".photo [name=image]").first.check()
            signed_in.wait_for_timeout(300)
        shown = names.evaluate_all("""all => all.map((one) => [
            one.textContent, getComputedStyle(one, "::after").content,
            Math.max(one.scrollWidth - one.clientWidth, one.scrollHeight - one.parentNode.clientHeight - 4),
        ])""")
        assert len(shown) == 8
        for name, short, excess in shown:
            assert excess <= 0, (name, short, selecting)
            assert re.match(r'"[A-Z][a-z]{2} (\d{1,2}|\d{4})"', short), (name, short)
            assert short[1:4] in name


def test_a_panorama_leaves_no_gap_on_a_phone_and_no_strip_is_beside_a_dialog(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    shapes = ((400, 1000), (3000, 500), (550, 1000), (900, 300), (1000, 1000), (3000, 500))
    image_rows(owner, 30, apart=timedelta(hours=1), shapes=shapes)
    signed_in.route("**/*.jpg*", lambda route: route.fulfill(status=204))
    signed_in.set_viewport_size({"width": 390, "height": 800})
    signed_in.goto(f"{live_server.url}/search/?q=row")
    signed_in.evaluate("document.documentElement.dataset.zoom = 4")
    boxes = signed_in.locator(".rows .photo").evaluate_all(
        "tiles => tiles.map((tile) => tile.getBoundingClientRect().toJSON())"
    )
    ends = {round(box["bottom"]): box["right"] for box in boxes}
    *full, _last = ends.values()
    assert len(full) > 8
    assert min(full) > max(full) - 2
    signed_in.keyboard.press("?")
    expect(signed_in.get_by_role("dialog")).to_be_visible()
    # No backdrop covers the place of the scroll bar, which shows this colour.
    behind = signed_in.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    paper = signed_in.evaluate("getComputedStyle(document.body).backgroundColor")
    assert behind not in {paper, "rgba(0, 0, 0, 0)"}
    signed_in.keyboard.press("Escape")
    # A dialog of the bar returns the focus to its menu.
    signed_in.locator(".photo [name=image]").first.check()
    menu = signed_in.locator(".selection-more > summary")
    menu.click()
    signed_in.locator("[data-edit=date]").click()
    expect(signed_in.locator("#edit-date")).to_be_visible()
    signed_in.keyboard.press("Escape")
    expect(menu).to_be_focused()
