"""Choosing photos as on the timeline: search results, an album, a person; and whole days and months."""

from datetime import timedelta
from typing import Literal

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Album, Image
from faces.models import FaceScan, Person
from tests.browser.axe import violations
from tests.browser.conftest import PASSWORD
from tests.rows import NOON, album_of, face_row, image_rows

Scheme = Literal["light", "dark"]
SCREENS: tuple[tuple[Scheme, int], ...] = (("light", 1440), ("dark", 1440), ("dark", 360), ("light", 360))


@pytest.fixture
def library(owner: User) -> list[Image]:
    """140 photos, three a day: of June, May and April."""
    images = image_rows(owner, 140)
    for number, image in enumerate(images):
        image.captured_at = NOON - timedelta(days=number // 3, minutes=number % 3)
    Image.objects.bulk_update(images, ["captured_at"])
    # Nothing is left to do, of which a card in the corner would tell.
    done = FaceScan.State.DONE
    FaceScan.objects.bulk_create([FaceScan(image=image, state=done) for image in images])
    return images


@pytest.fixture
def album(owner: User, library: list[Image]) -> Album:
    return album_of(owner, *library)


@pytest.fixture
def anna(owner: User, library: list[Image]) -> Person:
    made = Person.objects.create(owner=owner, name="Anna")
    for image in library[:70]:
        face_row(image, person=made)
    return made


@pytest.fixture
def addresses(live_server: LiveServer, album: Album, anna: Person) -> dict[str, str]:
    """Addresses of the grids."""
    url = live_server.url
    return {
        "search": f"{url}/search/?q=row",
        "album": f"{url}/albums/{album.pk}/",
        "person": f"{url}/people/{anna.pk}/",
    }


@pytest.fixture
def page_(signed_in: Page) -> Page:
    signed_in.route("**/*.jpg*", lambda route: route.fulfill(status=204))
    return signed_in


def tick(page: Page, image: Image) -> None:
    page.locator(f'.photo[data-id="{image.pk}"]').hover()
    page.locator(f'.photo[data-id="{image.pk}"] .pick input').check()


def expect_selected(page: Page, count: int) -> None:
    words = f"{count} photo{'' if count == 1 else 's'} selected" if count else ""
    expect(page.locator("[data-selection-count]")).to_have_text(words)


@pytest.mark.parametrize(("where", "total"), [("search", 140), ("album", 140), ("person", 70)])
def test_photos_of_a_grid_are_selected_by_shift_dragging_and_keys_and_all_at_once(
    page_: Page, library: list[Image], addresses: dict[str, str], where: str, total: int
) -> None:
    page_.goto(addresses[where])
    expect(page_.locator(".selection-bar")).to_be_hidden()
    tick(page_, library[1])
    page_.locator(f'.photo[data-id="{library[4].pk}"] a').click(modifiers=["Shift"])
    expect_selected(page_, 4)
    page_.keyboard.press("Escape")
    expect(page_.locator(".selection-bar")).to_be_hidden()
    first, last = (page_.locator(f'.photo[data-id="{library[at].pk}"]').bounding_box() for at in (0, 2))
    assert first
    assert last
    page_.mouse.move(first["x"] + 60, first["y"] + 70)
    page_.mouse.down()
    page_.mouse.move(last["x"] + 60, last["y"] + 70, steps=6)
    page_.mouse.up()
    expect_selected(page_, 3)
    page_.locator(f'.photo[data-id="{library[0].pk}"] a').focus()
    page_.keyboard.press("Control+a")
    expect_selected(page_, total)
    # What comes into the page later is selected already.
    expect(page_.locator(".photo")).to_have_count(60)
    page_.mouse.wheel(0, 30_000)
    expect(page_.locator(f'.photo[data-id="{library[61].pk}"] input')).to_be_checked()
    page_.fill("#selection-name", "All of these")
    page_.click("text=Add to album")
    expect(page_.locator("#toasts")).to_contain_text(f"{total} photos added to “All of these”")
    assert Album.objects.get(name="All of these").images.count() == total


def test_photos_leave_an_album_at_once_come_back_to_their_places_and_no_page_misses_one(
    page_: Page, live_server: LiveServer, library: list[Image], album: Album
) -> None:
    page_.goto(f"{live_server.url}/albums/{album.pk}/")
    for image in library[:5]:
        tick(page_, image)
    page_.click(".selection-more summary")
    page_.click("text=Remove from album")
    expect(page_.locator("#toasts")).to_contain_text("5 photos removed from “Holiday”")
    expect(page_.locator(f'.photo[data-id="{library[0].pk}"]')).to_have_count(0)
    expect(page_.locator("[data-photo-count]")).to_have_text("135 photos")
    assert album.images.count() == 135
    page_.mouse.wheel(0, 30_000)
    expect(page_.locator(".photo").nth(60)).to_be_attached()
    shown = page_.eval_on_selector_all(".photo", "all => all.map(one => Number(one.dataset.id))")
    assert shown[:60] == [image.pk for image in library[5:65]]
    page_.click("#toasts >> text=Undo")
    expect(page_.locator("#toasts")).to_contain_text("5 photos restored")
    expect(page_.locator("[data-photo-count]")).to_have_text("140 photos")
    shown = page_.eval_on_selector_all(".photo", "all => all.map(one => Number(one.dataset.id))")
    assert shown[:60] == [image.pk for image in library[:60]]
    assert album.images.count() == 140


def test_photos_are_added_from_the_album_and_opened_and_deleted_over_it(
    page_: Page, live_server: LiveServer, library: list[Image], owner: User
) -> None:
    party = album_of(owner, library[0], name="Party")
    page_.route("**/original", lambda route: route.fulfill(status=204))
    address = f"{live_server.url}/albums/{party.pk}/"
    page_.goto(address)
    page_.get_by_role("link", name="Add photos").click()
    expect(page_.locator(f'.photo.inside[data-id="{library[0].pk}"]')).to_be_visible()
    page_.locator(f'.photo[data-id="{library[1].pk}"] a').click()
    page_.locator(f'.photo[data-id="{library[3].pk}"] a').click(modifiers=["Shift"])
    expect_selected(page_, 3)
    page_.get_by_role("button", name="Add to “Party”").click()
    expect(page_).to_have_url(address)
    expect(page_.locator("#toasts")).to_contain_text("3 photos added to “Party”")
    assert party.images.count() == 4
    # The scripts are there.
    expect(page_.locator(".zoom")).to_be_visible()
    page_.locator(f'.photo[data-id="{library[0].pk}"] a').click()
    page_.locator("#delete").click()
    expect(page_).to_have_url(f"{live_server.url}/photos/{library[1].pk}/?album={party.pk}")
    page_.keyboard.press("Escape")
    expect(page_).to_have_url(address)
    expect(page_.locator(f'.photo[data-id="{library[1].pk}"] a')).to_be_focused()
    expect(page_.locator(".photo")).to_have_count(3)
    expect(page_.locator("[data-photo-count]")).to_have_text("3 photos")
    # The name of the month is above the photo that is now the first.
    expect(page_.locator(".month:visible")).to_have_text("June 2024")


def test_a_cover_is_offered_for_one_photo_alone(
    page_: Page, live_server: LiveServer, library: list[Image], album: Album
) -> None:
    page_.goto(f"{live_server.url}/albums/{album.pk}/")
    cover = page_.get_by_role("button", name="Use as cover")
    tick(page_, library[1])
    # High on a page of few photos there is no room for the menu above the bar.
    page_.set_viewport_size({"width": 1440, "height": 900})
    page_.locator(".rows").evaluate(
        "(rows) => Object.assign(rows.style, {height: '4rem', overflow: 'hidden'})"
    )
    page_.click(".selection-more summary")
    expect(cover).to_be_visible()
    for item in page_.locator(".selection-more .menu-list button:visible").all():
        item.click(trial=True, timeout=5_000)
    tick(page_, library[2])
    expect(cover).to_be_hidden()
    page_.click(".selection-more summary")
    expect(page_.get_by_role("button", name="Remove from album")).to_be_visible()
    expect(cover).to_be_hidden()
    for _menu_then_selection in range(2):
        page_.keyboard.press("Escape")
    tick(page_, library[2])
    page_.click(".selection-more summary")
    cover.click()
    expect(page_.locator("#toasts, .messages").first).to_contain_text("Cover updated")
    album.refresh_from_db()
    assert album.cover == library[2]


def test_a_persons_photos_are_thrown_away_and_taken_back(
    page_: Page, live_server: LiveServer, library: list[Image], anna: Person
) -> None:
    page_.goto(f"{live_server.url}/people/{anna.pk}/")
    tick(page_, library[0])
    tick(page_, library[2])
    page_.click(".selection-bar >> text=Delete")
    expect(page_.locator("#toasts")).to_contain_text("2 photos moved to the bin")
    expect(page_.locator(".person-about [data-photo-count]")).to_have_text("68 photos")
    assert Image.objects.binned().count() == 2
    page_.click("#toasts >> text=Undo")
    expect(page_.locator(f'.photo[data-id="{library[2].pk}"]')).to_be_visible()
    expect(page_.locator(".person-tabs [data-photo-count]")).to_have_text("70")
    assert not Image.objects.binned().exists()


def test_a_day_and_a_month_are_selected_as_a_whole(
    page_: Page, live_server: LiveServer, library: list[Image]
) -> None:
    page_.goto(f"{live_server.url}/")
    expect(page_.locator(".timeline-form.scripted")).to_be_visible()
    day = page_.get_by_role("checkbox", name="Select all photos: Sat, June 15")
    page_.locator('[data-day="2024-06-15"] .photo').first.hover()
    day.check()
    expect_selected(page_, 3)
    # 15 days of June; of the photos of May some are not in the page yet.
    page_.get_by_role("checkbox", name="Select all photos: June 2024").check()
    expect_selected(page_, 45)
    may = page_.get_by_role("checkbox", name="Select all photos: May 2024")
    may.check()
    expect_selected(page_, 45 + 93)
    day.uncheck()
    expect_selected(page_, 45 + 93 - 3)
    expect(page_.get_by_role("checkbox", name="Select all photos: June 2024")).not_to_be_checked()
    may.uncheck()
    expect_selected(page_, 42)
    for image in library[:3]:
        tick(page_, image)
    expect(day).to_be_checked()
    page_.keyboard.press("Escape")
    expect(day).not_to_be_checked()


def test_a_tick_moves_nothing(page_: Page, live_server: LiveServer, library: list[Image]) -> None:
    page_.goto(f"{live_server.url}/")
    places = (
        "[...document.querySelectorAll('.photo')].slice(0, 40).map(one => one.getBoundingClientRect().top)"
    )
    expect(page_.locator(".timeline-form.scripted")).to_be_visible()
    before = page_.evaluate(places)
    page_.locator(".photo").first.hover()
    tick(page_, library[0])
    assert page_.evaluate(places) == before


def test_axe_finds_nothing_while_photos_are_selected(
    page_: Page, live_server: LiveServer, library: list[Image], addresses: dict[str, str]
) -> None:
    for address in (f"{live_server.url}/", *addresses.values()):
        page_.goto(address)
        page_.locator(f'.photo[data-id="{library[0].pk}"] .pick input').check()
        expect_selected(page_, 1)
        # Of a photo that is half behind the bar axe measures the other half alone.
        page_.evaluate("document.querySelector('.selection-bar').style.position = 'static'")
        for scheme, width in SCREENS:
            page_.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page_.set_viewport_size({"width": width, "height": 844})
            # The same of one that is half behind the head of the page.
            page_.evaluate("scrollTo(0, 0)")
            # A colour on its way to the other scheme is neither of the two.
            page_.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished))")
            assert violations(page_) == [], (address, scheme, width)
            bar = page_.locator(".selection-bar").bounding_box()
            assert bar
            assert bar["height"] <= (120 if width == 360 else 80), (address, width)
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page_.evaluate(wide) <= 0, (address, width)
            if address == addresses["album"]:
                page_.click(".selection-more summary")
                # Without what is half behind the menu, of which it measures the other half.
                assert violations(page_, within=".selection-more") == [], (scheme, width)
                page_.keyboard.press("Escape")


def test_without_a_script_photos_are_ticked_and_leave_the_album(
    browser: Browser, live_server: LiveServer, library: list[Image], album: Album
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.click("main button:not([type=button])")
    page.goto(f"{live_server.url}/albums/{album.pk}/")
    for at in (0, 1):
        page.locator(".pick input").nth(at).check()
    page.click(".selection-more summary")
    page.click("text=Remove from album")
    expect(page.locator(".undo-notice")).to_contain_text("2 photos removed from “Holiday”")
    page.click("text=Undo")
    assert album.images.count() == 140
    page.goto(f"{live_server.url}/search/?q=row")
    page.locator(".pick input").first.check()
    page.click("text=Delete")
    assert Image.objects.binned().count() == 1
    context.close()
