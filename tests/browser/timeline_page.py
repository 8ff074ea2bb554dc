"""The timeline in a browser, for its tests."""

from typing import Any

from playwright.sync_api import Page

from albums.models import Image

SHAPES = ((4000, 3000), (3000, 4000), (6000, 4000), (1080, 1920), (8000, 2000))
IN_SIGHT = """
[...document.querySelectorAll('.photo')].find(one => one.getBoundingClientRect().top > 100)?.dataset.id
"""

# A promise: a page's policy forbids to wait for a condition as Playwright does.
FILLED = """
new Promise(done => {
    const near = box => box.bottom > -1500 && box.top < innerHeight + 1500;
    const look = () => {
        const empty = [...document.querySelectorAll('.piece[data-empty]')];
        if (empty.some(one => near(one.getBoundingClientRect()))) return requestAnimationFrame(look);
        requestAnimationFrame(() => requestAnimationFrame(done));
    };
    look();
})
"""


def photo(page: Page, image: Image) -> Any:
    return page.locator(f'.photo[data-id="{image.pk}"]')


def scroll_to(page: Page, image: Image) -> None:
    """Scroll like somebody who is looking for a photo: in steps, until it is there."""
    for _ in range(200):
        if photo(page, image).count():
            photo(page, image).scroll_into_view_if_needed()
            return
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(60)
    raise AssertionError("the photo never came")
