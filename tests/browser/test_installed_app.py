"""The installed app: pages without a connection, and photos shared by a phone."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Image
from albums.views import resumable_uploads
from tests.browser.axe import violations
from tests.browser.conftest import sign_in
from tests.rows import drawn_jpeg

# A phone's "Share" sends such a form.
SHARE = """async ([address, name, bytes]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/jpeg" }));
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: address, enctype: "multipart/form-data" });
    const field = Object.assign(document.createElement("input"), { type: "file", name: "photos" });
    field.files = transfer.files;
    form.append(field);
    document.body.append(form);
    form.submit();
}"""
STORED = """async () => {
    const requests = [];
    for (const name of await caches.keys()) requests.push(...await (await caches.open(name)).keys());
    return requests.map((request) => new URL(request.url).pathname);
}"""


@pytest.fixture(scope="module")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """The service worker, which other modules do without."""
    return {**browser_context_args, "service_workers": "allow"}


@pytest.fixture(autouse=True)
def _without_worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: object) -> None:
    settings.UPLOAD_FOLDER = tmp_path / "uploads"  # type: ignore[attr-defined]  # a fixture
    monkeypatch.setattr(resumable_uploads, "enqueue_reading", lambda _ids: None)


def test_the_app_shares_also_signed_out_and_has_a_page_without_a_connection(
    page: Page, context: BrowserContext, owner: User, live_server: LiveServer
) -> None:
    sign_in(context, owner, live_server)
    page.goto(f"{live_server.url}/bin/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    # A shared photo of a signed-in user is uploaded like a selected one.
    page.evaluate(SHARE, [f"{live_server.url}/upload/shared/", "Vélo & co.jpg", list(drawn_jpeg(shade=1))])
    expect(page.locator(".upload-item.received .upload-name")).to_have_text("Vélo & co.jpg")
    # Signed out, it waits; the sign-in page says so, and any page uploads it then.
    cookies = context.cookies()
    context.clear_cookies()
    page.evaluate(SHARE, [f"{live_server.url}/upload/shared/", "waits.jpg", list(drawn_jpeg(shade=2))])
    expect(page.get_by_text("1 shared photo waits on this device.")).to_be_visible()
    assert violations(page) == []
    context.add_cookies([cookie for cookie in cookies if cookie["name"].startswith("trombine")])  # type: ignore[misc]
    page.goto(f"{live_server.url}/upload/")
    expect(page.locator(".upload-item.received", has_text="waits.jpg")).to_be_visible()
    assert set(Image.objects.values_list("source_path", flat=True)) == {"Vélo & co.jpg", "waits.jpg"}
    # Nothing of the account is on the device.
    page.goto(live_server.url)
    page.wait_for_load_state("networkidle")
    stored = page.evaluate(STORED)
    assert "/offline/" in stored
    assert [path for path in stored if path != "/offline/" and not path.startswith("/static/")] == []
    context.set_offline(True)
    page.goto(f"{live_server.url}/albums/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_role("heading", name="Albums", exact=True)).to_be_visible()
    assert page.url == f"{live_server.url}/albums/"
