"""The zoom of the viewer at its ends: pictures of extreme shapes, and originals that must not be shown."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Image
from tests.browser.viewer_page import box_of, open_photo
from tests.rows import stored_image


def test_a_very_wide_picture_is_more_than_a_line_and_zooms_to_its_real_size(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    image = stored_image(owner, number=9, size=(900, 60))
    # As if its preview were of 65,000 x 300 pixels, which take a second to draw.
    Image.objects.update(width=65_000, height=300)
    image.renditions.update(width=2048, height=9)
    open_photo(signed_in, live_server, image)
    assert box_of(signed_in.locator("#picture"))["height"] == pytest.approx(24, abs=1)
    for _step in range(20):
        signed_in.keyboard.press("+")
    assert box_of(signed_in.locator("#picture"))["width"] >= 65_000
    signed_in.keyboard.press("Escape")
    assert box_of(signed_in.locator("#picture"))["height"] == pytest.approx(24, abs=1)


@pytest.mark.parametrize("marked", [True, False])
def test_an_original_that_browsers_turn_otherwise_is_not_shown(
    signed_in: Page, owner: User, live_server: LiveServer, *, marked: bool
) -> None:
    """Neither one that was marked when it was read, nor one that turns out to lie instead of to stand."""
    image = stored_image(owner, size=(900, 600))
    facts = {"browser_turns_otherwise": True} if marked else {}
    Image.objects.update(facts=facts, width=600, height=900)
    image.renditions.update(width=600, height=900)
    loaded: list[str] = []

    def note(request: Request) -> None:
        loaded.append(request.url.removeprefix(live_server.url))

    signed_in.on("requestfinished", note)
    open_photo(signed_in, live_server, image)
    signed_in.keyboard.press("+")
    signed_in.keyboard.press("+")
    signed_in.wait_for_timeout(300)
    assert (f"/photos/{image.pk}/original" in loaded) is not marked
    expect(signed_in.locator("#picture")).to_have_attribute("src", f"/photos/{image.pk}/preview.jpg?t=0")
