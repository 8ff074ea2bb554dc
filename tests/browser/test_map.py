"""The map in a browser: clusters, keys, fingers, and the photos beside it."""

import re

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Image
from tests.browser.axe import violations
from tests.browser.viewer_page import box_of
from tests.rows import stored_image

PLACES = [(45.764, 4.8357), (45.7641, 4.8358), (45.7719, 4.8902), (48.8566, 2.3522)]
# Borders and names are drawn, in more colours than those of land and sea.
DRAWN = """() => {
    const { width, height } = document.querySelector("canvas");
    const { data } = document.querySelector("canvas").getContext("2d").getImageData(0, 0, width, height);
    const colours = new Set();
    for (let at = 0; at < data.length; at += 4) colours.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
    return colours.size > 5;
}"""


def test_the_map_opens_its_photos_by_mouse_by_keys_and_by_address(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    ids = []
    for number, (latitude, longitude) in enumerate(PLACES):
        image = stored_image(owner, number=number)
        Image.objects.filter(pk=image.pk).update(latitude=latitude, longitude=longitude)
        ids.append(image.pk)
    signed_in.goto(f"{live_server.url}/map/")
    panel = signed_in.get_by_role("region", name="Photos in view")
    expect(panel.get_by_role("heading", name="4 photos")).to_be_visible()
    signed_in.wait_for_function(DRAWN)
    assert violations(signed_in) == []
    # A click on Lyon parts its photos.
    lyon = signed_in.get_by_role("link", name="3 photos")
    lyon.click()
    expect(panel.get_by_role("heading", name="3 photos")).to_be_visible()
    expect(signed_in.get_by_role("link", name="2 photos")).to_be_visible()
    assert re.search(r"/map/#\d+\.\d/45\.\d+/4\.\d+$", signed_in.url)
    # Keys: away, back, and to all photos.
    area = signed_in.get_by_role("group", name="Map")
    area.focus()
    for _press in range(8):
        signed_in.keyboard.press("ArrowRight")
    expect(panel.get_by_text("No photos in this part of the map.")).to_be_visible()
    signed_in.keyboard.press("Home")
    expect(panel.get_by_role("heading", name="4 photos")).to_be_visible()
    # The shown part is a filter of the search.
    panel.get_by_role("link", name="View in search").click()
    expect(signed_in.get_by_role("heading", name="4 photos")).to_be_visible()
    # Photos at one place are shown with the towns around it.
    Image.objects.filter(pk__in=ids[2:]).update(latitude=None, longitude=None)
    signed_in.goto(f"{live_server.url}/map/")
    expect(signed_in.get_by_role("link", name="2 photos")).to_be_visible()
    expect(signed_in).to_have_url(re.compile(r"/map/#11\.0/"))
    # On a phone no picture is below the buttons.
    Image.objects.filter(pk=ids[2]).update(latitude=45.7, longitude=30)
    signed_in.set_viewport_size({"width": 390, "height": 800})
    signed_in.goto("about:blank")
    signed_in.goto(f"{live_server.url}/map/")
    expect(signed_in.locator(".map-cluster")).to_have_count(2)
    buttons = box_of(signed_in.locator(".map-tools"))
    for cluster in signed_in.locator(".map-cluster").all():
        shown = box_of(cluster)
        assert 0 < shown["x"] < buttons["x"] - shown["width"]
    signed_in.set_viewport_size({"width": 1280, "height": 720})
    for pk, (latitude, longitude) in zip(ids, PLACES, strict=True):
        Image.objects.filter(pk=pk).update(latitude=latitude, longitude=longitude)
    # A photo leads to its place, far from Paris.
    signed_in.goto(f"{live_server.url}/photos/{ids[2]}/")
    signed_in.get_by_role("link", name="Show on the map").click()
    expect(panel.get_by_role("heading", name="3 photos")).to_be_visible()
    # Pinched by two fingers, it shows more.
    box = area.bounding_box()
    assert box
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    pinch = """([x, y]) => {
            const map = document.querySelector("[data-map]");
            const finger = (kind, pointerId, clientX) => map.dispatchEvent(new PointerEvent(kind, {
                pointerId, clientX, clientY: y, pointerType: "touch", bubbles: true,
            }));
            finger("pointerdown", 1, x - 200);
            finger("pointerdown", 2, x + 200);
            for (let step = 1; step <= 20; step += 1) {
                finger("pointermove", 1, x - 200 + step * 9.9);
                finger("pointermove", 2, x + 200 - step * 9.9);
            }
            finger("pointerup", 1, x);
            finger("pointerup", 2, x);
        }"""
    signed_in.evaluate(pinch, middle)
    signed_in.evaluate(pinch, middle)
    expect(panel.get_by_role("heading", name="4 photos")).to_be_visible()
    # The world continues beyond the 180th meridian.
    for pk, longitude in zip(ids, (179.95, -179.95), strict=False):
        Image.objects.filter(pk=pk).update(latitude=-17, longitude=longitude)
    signed_in.goto(f"{live_server.url}/map/#8.0/-17.0/180.0")
    expect(panel.get_by_role("heading", name="2 photos")).to_be_visible()
    expect(signed_in.get_by_role("link", name="2 photos")).to_be_in_viewport()
