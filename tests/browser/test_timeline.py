"""The timeline in a browser: far scrolling, the dates at the edge, choosing, throwing away, taking back."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Album, Image, Job
from albums.services.jobs.running import job_run
from tests.browser.conftest import PASSWORD
from tests.browser.looking import Eyes
from tests.browser.timeline_page import FILLED, IN_SIGHT, SHAPES, photo, scroll_to
from tests.rows import NOON, image_rows, stored_image

# A promise: a page's policy forbids to wait for a condition as Playwright does.
SCROLLED = """
from => new Promise(done => {
    let before;
    const look = () => {
        if (scrollY === before && scrollY !== from) return done(scrollY);
        before = scrollY;
        requestAnimationFrame(look);
    };
    look();
})
"""


@pytest.fixture
def library(owner: User) -> list[Image]:
    """900 photos of many shapes over some two years, in the order of the timeline."""
    return image_rows(owner, 900, apart=timedelta(hours=18), shapes=SHAPES)


@pytest.fixture
def timeline(signed_in: Page, live_server: LiveServer, library: list[Image]) -> Page:
    signed_in.route("**/*.jpg*", lambda route: route.fulfill(status=204))
    signed_in.route("**/original", lambda route: route.fulfill(status=204))
    signed_in.goto(f"{live_server.url}/")
    expect(signed_in.locator(".scrubber")).to_be_visible()
    return signed_in


def test_only_what_is_near_is_in_the_page_and_the_end_is_reached(
    timeline: Page, library: list[Image]
) -> None:
    high = timeline.evaluate("document.documentElement.scrollHeight")
    assert high > 15_000
    timeline.mouse.move(400, 400)
    scroll_to(timeline, library[-1])
    expect(photo(timeline, library[-1])).to_be_visible()
    timeline.wait_for_timeout(600)
    assert timeline.locator(".photo").count() < 600
    assert photo(timeline, library[0]).count() == 0
    # What was foreseen is about what came out.
    assert abs(timeline.evaluate("document.documentElement.scrollHeight") / high - 1) < 0.25


def test_nothing_jumps_when_what_is_above_is_filled(timeline: Page, library: list[Image]) -> None:
    timeline.locator(".scrubber").focus()
    timeline.keyboard.press("End")
    expect(photo(timeline, library[-1])).to_be_visible()
    timeline.mouse.move(400, 400)
    at = None
    for _ in range(12):
        at = timeline.evaluate(SCROLLED, at)
        seen = timeline.evaluate(IN_SIGHT)
        top = f"document.querySelector('[data-id=\"{seen}\"]').getBoundingClientRect().top"
        before = timeline.evaluate(top)
        timeline.evaluate(FILLED)
        assert abs(timeline.evaluate(top) - before) < 2
        at = timeline.evaluate("scrollY")
        timeline.mouse.wheel(0, -900)


def test_the_dates_at_the_edge_lead_anywhere(timeline: Page, library: list[Image]) -> None:
    slider = timeline.get_by_role("slider", name="Date")
    expect(slider).to_have_attribute("aria-valuetext", "June 2024")
    slider.focus()
    timeline.keyboard.press("ArrowDown")
    expect(slider).to_have_attribute("aria-valuetext", "May 2024")
    expect(timeline.locator('[data-month="2024-05"]')).to_be_in_viewport()
    timeline.keyboard.press("PageDown")
    expect(slider).to_have_attribute("aria-valuetext", "December 2023")
    expect(timeline.locator('[data-month="2023-12"]')).to_be_in_viewport()
    timeline.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "June 2024")
    box = slider.bounding_box()
    assert box
    timeline.mouse.move(box["x"] + 10, box["y"] + 20)
    timeline.mouse.down()
    timeline.mouse.move(box["x"] + 10, box["y"] + box["height"] * 0.6, steps=8)
    timeline.mouse.up()
    # About there: by the heights as they are foreseen.
    expect(slider).to_have_attribute("aria-valuetext", re.compile("(March|April|May) 2023"))
    expect(timeline.locator('[data-day^="2023-0"] .photo').first).to_be_attached()


def test_the_address_of_a_day_leads_to_it(
    timeline: Page, library: list[Image], live_server: LiveServer
) -> None:
    timeline.goto(f"{live_server.url}/?at=2023-12-24")
    expect(timeline.locator('[data-day="2023-12-24"] .photo').first).to_be_in_viewport()
    timeline.mouse.move(400, 400)
    timeline.mouse.wheel(0, -1500)
    expect(timeline.locator('[data-day="2023-12-28"] .photo').first).to_be_attached()


def test_shift_chooses_everything_on_the_way_what_is_not_in_the_page_included(
    timeline: Page, library: list[Image]
) -> None:
    photo(timeline, library[1]).hover()
    photo(timeline, library[1]).locator("input").check()
    expect(timeline.locator("[data-selection-count]")).to_have_text("1 photo selected")
    timeline.locator(".scrubber").focus()
    timeline.keyboard.press("End")
    photo(timeline, library[-2]).locator("a").click(modifiers=["Shift"])
    expect(timeline.locator("[data-selection-count]")).to_have_text("898 photos selected")
    timeline.keyboard.press("Escape")
    expect(timeline.locator(".selection-bar")).to_be_hidden()
    timeline.keyboard.press("Control+a")
    expect(timeline.locator("[data-selection-count]")).to_have_text("900 photos selected")


def test_dragging_with_the_mouse_chooses_and_opens_nothing(
    timeline: Page, library: list[Image], live_server: LiveServer
) -> None:
    first, last = (photo(timeline, library[at]).bounding_box() for at in (0, 4))
    timeline.mouse.move(first["x"] + 30, first["y"] + 60)
    timeline.mouse.down()
    timeline.mouse.move(last["x"] + 30, last["y"] + 60, steps=8)
    timeline.mouse.up()
    expect(timeline.locator("[data-selection-count]")).to_have_text("5 photos selected")
    expect(timeline).to_have_url(f"{live_server.url}/")


def test_the_keys_go_from_photo_to_photo_and_choose(timeline: Page, library: list[Image]) -> None:
    photo(timeline, library[0]).locator("a").focus()
    timeline.keyboard.press("ArrowRight")
    expect(photo(timeline, library[1]).locator("a")).to_be_focused()
    timeline.keyboard.press("Space")
    expect(photo(timeline, library[1]).locator("input")).to_be_checked()
    timeline.keyboard.press("Shift+ArrowRight")
    timeline.keyboard.press("Shift+ArrowRight")
    expect(timeline.locator("[data-selection-count]")).to_have_text("3 photos selected")
    timeline.keyboard.press("ArrowDown")
    timeline.keyboard.press("ArrowUp")
    timeline.keyboard.press("Escape")
    timeline.keyboard.press("Enter")
    expect(timeline).to_have_url(re.compile(r"/photos/\d+/"))


def test_what_is_thrown_away_goes_at_once_and_comes_back_at_once(
    timeline: Page, library: list[Image]
) -> None:
    for image in library[:3]:
        photo(timeline, image).hover()
        photo(timeline, image).locator("input").check()
    timeline.click("text=Delete")
    for image in library[:3]:
        expect(photo(timeline, image)).to_have_count(0)
    expect(timeline.locator("#toasts")).to_contain_text("3 photos moved to the bin")
    expect(timeline.locator(".selection-bar")).to_be_hidden()
    assert Image.objects.binned().count() == 3
    timeline.click("text=Undo")
    for image in library[:3]:
        expect(photo(timeline, image)).to_be_visible()
    assert Image.objects.binned().count() == 0


def test_selected_photos_are_added_to_an_album_without_leaving_the_page(
    timeline: Page, library: list[Image], live_server: LiveServer
) -> None:
    timeline.keyboard.press("Control+a")
    timeline.fill("#selection-name", "Everything")
    timeline.click("text=Add to album")
    # So many are added by a job, whose progress the page shows.
    toasts = timeline.locator("#toasts")
    expect(toasts).to_contain_text("The photos are being changed…")
    job_run(job_id=Job.objects.get().pk)
    expect(toasts).to_contain_text("900 photos added to “Everything”")
    assert Album.objects.get(name="Everything").images.count() == 900
    expect(timeline).to_have_url(f"{live_server.url}/")
    toasts.get_by_role("button", name="Undo").click()
    expect(toasts).to_contain_text("The photos are being changed…")
    job_run(job_id=Job.objects.latest("pk").pk)
    expect(toasts).to_contain_text("Undone")
    assert not Album.objects.filter(name="Everything").exists()


def test_selected_photos_are_restored_from_the_bin(
    timeline: Page, owner: User, library: list[Image], live_server: LiveServer
) -> None:
    Image.objects.filter(pk__in=[image.pk for image in library[:4]]).update(binned_at=NOON.replace(year=2100))
    timeline.goto(f"{live_server.url}/bin/")
    timeline.keyboard.press("Control+a")
    expect(timeline.locator("[data-selection-count]")).to_have_text("4 photos selected")
    timeline.locator(".binned").first.click()
    expect(timeline.locator("[data-selection-count]")).to_have_text("3 photos selected")
    timeline.click("text=Restore")
    expect(timeline.locator(".binned")).to_have_count(1)


def test_a_large_library_and_a_selection_in_it_have_no_faults(timeline: Page, library: list[Image]) -> None:
    eyes = Eyes(also_at=(360,))
    assert eyes.faults(timeline) == []
    photo(timeline, library[0]).locator("input").check()
    assert eyes.faults(timeline) == []


def test_a_held_finger_chooses(
    browser: Browser, owner: User, library: list[Image], live_server: LiveServer
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.click("main button:not([type=button])")
    expect(page.locator(".scrubber")).to_be_visible()
    session = context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        points_sent = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points_sent})

    # The bar of the selection covers the lower half of a phone.
    page.locator(".photo").first.evaluate("(photo) => scrollBy(0, photo.getBoundingClientRect().top - 120)")
    first, third = (page.locator(".photo").nth(at).bounding_box() for at in (0, 2))
    assert first
    assert third
    touch("touchStart", (first["x"] + first["width"] / 2, first["y"] + first["height"] / 2))
    page.wait_for_timeout(600)
    touch("touchMove", (third["x"] + third["width"] / 2, third["y"] + third["height"] / 2))
    touch("touchEnd")
    expect(page.locator("[data-selection-count]")).to_have_text("3 photos selected")
    context.close()


def test_without_a_script_the_older_photos_are_a_link_away(
    browser: Browser, owner: User, library: list[Image], live_server: LiveServer
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.click("main button:not([type=button])")
    page.click("text=Older photos")
    expect(page.locator("[data-month]").first).to_have_text("April 2024")
    page.locator(".pick input").nth(1).check()
    page.click("text=Delete")
    expect(page.locator("#toasts, .messages").first).to_contain_text("1 photo moved to the bin")
    context.close()


def test_progress_does_not_cover_the_selection(signed_in: Page, owner: User, live_server: LiveServer) -> None:
    stored_image(owner)
    stored_image(owner, number=2, state=Image.State.STORED)
    signed_in.set_viewport_size({"width": 390, "height": 844})
    signed_in.goto(live_server.url)
    news = signed_in.locator("#progress")
    expect(news).to_be_visible()
    signed_in.locator(".photo .pick input").first.check()
    expect(news).to_be_hidden()
    expect(signed_in.locator(".selection-bar")).to_be_visible()
