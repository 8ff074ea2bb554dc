"""The page of a photo in a browser."""

import re

from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Image


def open_photo(page: Page, server: LiveServer, image: Image, query: str = "") -> None:
    page.goto(f"{server.url}/photos/{image.pk}/{query}")
    expect(page.locator("html")).to_have_class(re.compile("scripted"))


def box_of(one: Locator) -> dict[str, float]:
    found = one.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}
