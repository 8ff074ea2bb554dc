"""The web server for screenshots, and the browser that takes them."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.contrib.auth.models import User
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from tests.demo.actions import NothingToDo
from tests.demo.pages import Pictured
from tests.demo.scene import Scene

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PHONE = 700
"""Narrower windows have the bar at the lower edge, and touch instead of a mouse."""
HEIGHTS = {360: 740, 390: 844, 1440: 900, 3840: 2160}
WHOLE_WINDOW = ".viewer, .dark-stage"
"""Pages that fill the window at any height."""
LONGEST = 3
"""Greatest height of a long screenshot, in windows."""
# Hidden images may never load, so only visible ones are awaited, and at most five seconds.
ALL_IN_VIEW_DECODED = """
Promise.race([
    new Promise(resolve => setTimeout(resolve, 5000)),
    Promise.all([...document.images]
        .filter(one => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight)
        .map(one => one.decode().catch(() => 0))),
])
"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Shot:
    """A screenshot. too_wide: pixels by which the page is wider than the window."""

    page: str
    width: int
    scheme: Scheme
    file: Path
    too_wide: int


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Log nothing."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the pages on a free port and yield their address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def browser_program() -> str | None:
    """Return the path of an installed browser, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@dataclass(slots=True)
class Camera:
    """Takes screenshots of one width, with a browser context for each account."""

    browser: Browser
    base: str
    width: int
    language: str
    long: bool
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """Return the height of the window in pixels."""
        return HEIGHTS.get(self.width, round(self.width * (1.9 if self.slim else 0.6)))

    @property
    def slim(self) -> bool:
        """Return True for the width of a phone."""
        return self.width < PHONE

    def take(
        self, pictured: Pictured, scene: Scene | None, *, address: str, schemes: list[Scheme], folder: Path
    ) -> list[Shot]:
        """Take a page in each colour scheme. Raises NothingToDo when it cannot be prepared."""
        if pictured.before and scene:
            pictured.before(scene)
        page = self._context(pictured.who, scene).new_page()
        try:
            page.goto(self.base + address, wait_until="networkidle")
            if pictured.act and scene:
                pictured.act(page, scene)
                page.wait_for_load_state("networkidle")
            if self.long and not page.locator(WHOLE_WINDOW).count():
                self._lengthen(page)
            return [self._shot(page, pictured.name, scheme, folder) for scheme in schemes]
        finally:
            page.close()

    def close(self) -> None:
        """Close all browser contexts."""
        for context in self.contexts.values():
            context.close()

    def _shot(self, page: Page, name: str, scheme: Scheme, folder: Path) -> Shot:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(ALL_IN_VIEW_DECODED)
        page.wait_for_timeout(200)
        file = folder / f"{name}-{self.width}-{scheme}.png"
        page.screenshot(path=file)
        return Shot(name, self.width, scheme, file, page.evaluate(TOO_WIDE))

    def _lengthen(self, page: Page) -> None:
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size(
            {"width": self.width, "height": min(max(whole, self.height), LONGEST * self.height)}
        )
        page.wait_for_timeout(300)

    def _context(self, who: str, scene: Scene | None) -> BrowserContext:
        if who not in self.contexts:
            context = self.browser.new_context(
                viewport={"width": self.width, "height": self.height},
                locale=self.language,
                has_touch=self.slim,
                is_mobile=self.slim,
            )
            user: User | None = getattr(scene, who, None)
            if user is not None:
                client = Client()
                client.force_login(user)
                cookie = client.cookies[settings.SESSION_COOKIE_NAME]
                context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.base}])
            self.contexts[who] = context
        return self.contexts[who]


__all__ = ["Camera", "NothingToDo", "Scheme", "Shot", "browser_program", "served"]
