"""Actions of pages after the session has ended or without a connection: nothing that was entered is lost."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Request, Route, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Album, Image
from faces.models import FaceScan, Person
from tests.browser.conftest import PASSWORD, sign_in
from tests.rows import face_row, image_rows


@pytest.fixture
def page_(page: Page, owner: User, live_server: LiveServer) -> Page:
    """A signed-in page, which may log the errors that are expected here."""
    sign_in(page.context, owner, live_server)
    page.route("**/*.jpg*", lambda route: route.fulfill(status=204))
    return page


@pytest.fixture
def library(owner: User) -> list[Image]:
    images = image_rows(owner, 6)
    FaceScan.objects.bulk_create([FaceScan(image=image, state=FaceScan.State.DONE) for image in images])
    return images


def sign_in_over_the_page(page: Page, *, wrong_first: bool = False) -> None:
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Name")).to_have_value("ada")
    if wrong_first:
        dialog.get_by_label("Password").fill("wrong")
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog.get_by_role("alert")).to_contain_text("Wrong name or password")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()


def test_the_selection_bar_goes_on_after_signing_in_and_after_a_lost_connection(
    page_: Page, live_server: LiveServer, library: list[Image]
) -> None:
    page_.goto(f"{live_server.url}/search/?q=row")
    for box in page_.locator(".pick input").all()[:2]:
        box.check()
    page_.fill("#selection-name", "Trip")
    Session.objects.all().delete()
    page_.click("text=Add to album")
    sign_in_over_the_page(page_, wrong_first=True)
    expect(page_.locator("#toasts")).to_contain_text("2 photos added to “Trip”")
    assert Album.objects.get(name="Trip").images.count() == 2
    # Declined: the selection stays. The token of the page is of the new session.
    page_.locator(".pick input").first.check()
    Session.objects.all().delete()
    page_.click(".selection-bar >> text=Delete")
    expect(page_.locator("#signed-out")).to_be_visible()
    page_.keyboard.press("Escape")
    expect(page_.locator("#toasts .error").last).to_contain_text("You are signed out")
    expect(page_.locator("[data-selection-count]")).to_have_text("1 photo selected")
    assert not Image.objects.binned().exists()
    page_.click(".selection-bar >> text=Delete")
    sign_in_over_the_page(page_)
    expect(page_.locator("#toasts")).to_contain_text("1 photo moved to the bin")
    # No connection, then one.
    page_.locator(".pick input").first.check()
    page_.route("**/photos/selection/bin/", lambda route: route.abort("connectionreset"))
    page_.click(".selection-bar >> text=Delete")
    retry = page_.get_by_role("dialog", name="Not sent")
    expect(retry).to_contain_text("No connection to the server")
    page_.unroute("**/photos/selection/bin/")
    retry.get_by_role("button", name="Try again").click()
    expect(page_.locator(".photo")).to_have_count(4)
    assert Image.objects.binned().count() == 2


def test_a_name_an_answer_and_an_ordinary_form_wait_for_the_sign_in(
    page_: Page, live_server: LiveServer, owner: User, library: list[Image]
) -> None:
    group = Person.objects.create(owner=owner)
    for image in library:
        face_row(image, person=group)
    page_.clock.install()
    page_.goto(f"{live_server.url}/people/")
    Session.objects.all().delete()
    page_.locator(".name-it [name=name]").fill("Anna")
    page_.keyboard.press("Enter")
    sign_in_over_the_page(page_)
    expect(page_.locator(".person-card")).to_contain_text("Anna")
    group.refresh_from_db()
    assert group.name == "Anna"
    # An ordinary form, on a page that has been open for a while.
    page_.goto(f"{live_server.url}/albums/")
    Session.objects.all().delete()
    page_.clock.fast_forward(120_000)
    page_.locator("form[method=post] [name=name]").first.fill("Trips")
    page_.keyboard.press("Enter")
    sign_in_over_the_page(page_)
    expect(page_.get_by_role("heading", name="Trips")).to_be_visible()
    assert Album.objects.filter(name="Trips").exists()
    # What the server refuses is shown in its words; an error of the server as such.
    page_.goto(f"{live_server.url}/search/?q=row")
    for status, words in ((409, "In use."), (500, "Something went wrong on the server")):

        def answer(route: Route, _request: Request, status: int = status) -> None:
            route.fulfill(status=status, json={"message": "In use."} if status == 409 else {})

        page_.route("**/photos/selection/bin/", answer)
        page_.locator(".pick input").first.check()
        page_.click(".selection-bar >> text=Delete")
        expect(page_.locator("#toasts .error").last).to_contain_text(words)
