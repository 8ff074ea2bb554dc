"""A real browser against a live server. Without one the tests are skipped, or fail where they must run."""

import os
import re
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.demo.camera import BROWSERS, browser_program

PASSWORD = "a long pass phrase"
PATIENCE = 30_000
"""Milliseconds that a page may take for what is waited for: the machine has other things to do."""
QUICK = {
    "test_pages_in_a_browser",
    "test_photo_viewer",
    "test_photo_viewer_panel",
    "test_upload_tray",
    "test_viewer_bar",
}
"""The modules in which a browser is no reason to leave a test to `bin/test --all`."""
CALM_LOOKS = 4
"""Checks in a row that must find no query in the database: between two of its queries a request is still."""
# Playwright keeps an event loop in this thread to the end of the run, and Django then suspects every query of
# blocking it, also in the tests that come after these.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all other tests in a browser as long, before pytest deselects those."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()) and item.path.stem not in QUICK:
            item.add_marker("long")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """The machine's own browser; as root it cannot use its sandbox."""
    path = browser_program()
    if path is None:
        message = f"no browser: none of {', '.join(BROWSERS)} is on the path"
        if os.environ.get("TROMBINE_REQUIRE_DATA") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return {
        "executable_path": path,
        "args": [
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """No service worker: it would store all styles and scripts in each context while a test waits."""
    return {**browser_context_args, "service_workers": "block"}


BUSY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


@pytest.fixture(autouse=True)
def _server_at_rest(live_server: LiveServer) -> Iterator[None]:
    """Requests that a page had under way when it closed have ended before the tables are emptied."""
    yield
    calm = 0
    deadline = time.monotonic() + PATIENCE / 1000
    while calm < CALM_LOOKS and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            calm = calm + 1 if cursor.fetchone() == (0,) else 0
        time.sleep(0.05)


@pytest.fixture
def owner(live_server: LiveServer) -> User:
    return User.objects.create_superuser("ada", password=PASSWORD)


def is_fault(line: ConsoleMessage) -> bool:
    """Errors but those in which the browser and htmx note that a session has ended, which pages handle."""
    ended = re.search(r"(status of|Error Code) 401\b", line.text)
    return line.type == "error" and not ended


@pytest.fixture
def watched(page: Page, live_server: LiveServer) -> Iterator[Page]:
    """A page that fails the test on any error in its console: a forbidden script or style, a broken file."""
    errors: list[str] = []
    requests: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if is_fault(line) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.set_default_timeout(PATIENCE)
    yield page
    page.goto("about:blank")
    assert errors == []
    away = [url for url in requests if not url.startswith((live_server.url, "data:", "blob:", "about:"))]
    assert away == [], "a page requested another server"


def sign_in(context: BrowserContext, user: User, server: LiveServer) -> None:
    """Sign a browser in without the form, which has tests of its own and takes two pages."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])


@pytest.fixture
def signed_in(watched: Page, owner: User, live_server: LiveServer) -> Page:
    sign_in(watched.context, owner, live_server)
    return watched
