"""The bar and the keys of the viewer: photos are turned, named face by face, deleted and brought back."""

import re
from datetime import timedelta

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Image
from faces.models import Face
from faces.vision.types import Box
from tests.browser.looking import PHONE, Eyes
from tests.browser.viewer_page import open_photo
from tests.rows import NOON, face_row, stored_image

LEFT, RIGHT = Box(0.1, 0.2, 0.2, 0.4), Box(0.6, 0.2, 0.2, 0.4)


def test_a_photo_is_turned_its_faces_are_named_in_turn_and_a_deletion_is_undone(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    eyes = Eyes(also_at=(360,), axe_at=(PHONE,))
    first, second = (
        stored_image(owner, number=number, size=(900, 600), captured_at=NOON - timedelta(days=number))
        for number in range(2)
    )
    faces = [face_row(first, box) for box in (LEFT, RIGHT)]
    page, picture = signed_in, signed_in.locator("#picture")
    open_photo(page, live_server, first)
    page.locator("#more").click()
    expect(page.locator("#turn-right")).to_be_visible()
    assert eyes.faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#turn-right")).to_be_hidden()
    expect(page).to_have_url(f"{live_server.url}/photos/{first.pk}/")

    page.keyboard.press("r")
    expect(picture).to_have_attribute("src", f"/photos/{first.pk}/preview.jpg?t=1")
    expect(picture).to_have_attribute("width", "600")
    expect(page.locator(".face-box")).to_have_count(2)
    # The zoomed photo is the original, drawn as the photo is turned.
    for _step in range(4):
        page.keyboard.press("+")
    expect(picture).to_have_attribute("src", re.compile("^blob:"))
    assert picture.evaluate("picture => [picture.naturalWidth, picture.naturalHeight]") == [600, 900]
    page.keyboard.press("u")
    expect(picture).to_have_attribute("width", "900")
    assert Image.objects.get(pk=first.pk).turns == 0

    page.locator(".who-edit").first.click()
    for name in ("Anna", "Bert"):
        expect(page.locator("#face-who")).to_be_focused()
        expect(page.locator("#face-who")).to_have_value("")
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(page.locator(".who-name", has_text=name)).to_be_visible()
    expect(page.locator("#face-card")).to_be_hidden()
    named = Face.objects.filter(pk__in=[face.pk for face in faces]).order_by("pk")
    assert list(named.values_list("person__name", flat=True)) == ["Anna", "Bert"]

    page.keyboard.press("Delete")
    expect(page).to_have_url(f"{live_server.url}/photos/{second.pk}/")
    expect(page.locator(".viewer-message")).to_contain_text("1 photo moved to the bin")
    page.keyboard.press("u")
    expect(page).to_have_url(f"{live_server.url}/photos/{first.pk}/")
    expect(picture).to_have_attribute("src", re.compile(f"/photos/{first.pk}/"))
    expect(page.locator(".who-name").first).to_have_text("Anna")
    assert Image.objects.get(pk=first.pk).binned_at is None
