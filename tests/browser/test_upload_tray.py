"""Uploads that continue while the user opens other pages, and drops on any page."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Image, SelectedFile
from albums.views import resumable_uploads
from tests.browser.axe import violations
from tests.rows import drawn_jpeg

# The addresses of pieces.
PIECES = re.compile(r"/uploads/[0-9a-f-]{36}/$")
# Milliseconds, on a machine with other things to do.
SLOW = 30_000
# Whether so many files are in the database of the browser.
STORED = """async (count) => {
    const [{ name }] = await indexedDB.databases();
    const opened = await new Promise((resolve) => {
        indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
    });
    const files = opened.transaction("files").objectStore("files");
    const rows = await new Promise((resolve) => {
        files.getAll().onsuccess = (event) => resolve(event.target.result);
    });
    opened.close();
    return rows.filter((row) => row.file).length === count;
}"""


@pytest.fixture(autouse=True)
def _without_worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: object) -> None:
    settings.UPLOAD_FOLDER = tmp_path / "uploads"  # type: ignore[attr-defined]  # a fixture
    monkeypatch.setattr(resumable_uploads, "enqueue_reading", lambda _ids: None)


FILES = """files => {
    const transfer = new DataTransfer();
    for (const [name, bytes] of Object.entries(files)) {
        transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/jpeg" }));
    }
    return transfer;
}"""


def test_an_upload_continues_on_the_next_page_and_a_drop_on_any_page_uploads(
    signed_in: Page, owner: User, live_server: LiveServer, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(5)]
    for number, path in enumerate(paths):
        path.write_bytes(drawn_jpeg(shade=number + 1))
    signed_in.goto(f"{live_server.url}/upload/")
    signed_in.route(PIECES, lambda _route: None)
    signed_in.set_input_files("#upload-files", [str(path) for path in paths])
    expect(signed_in.locator(".upload-item.active")).to_have_count(3, timeout=SLOW)
    # The server knows all of them, and another device names those of which nothing was sent.
    while SelectedFile.objects.count() < 5:
        signed_in.wait_for_timeout(50)
    other = Client()
    other.force_login(owner)
    assert {one.name for one in other.get("/upload/").context["selected"]} >= {"3.jpg", "4.jpg"}
    # The browser has a copy of all of them.
    signed_in.wait_for_function(STORED, arg=5)
    signed_in.goto(f"{live_server.url}/albums/")
    tray = signed_in.get_by_role("region", name="Uploads")
    expect(tray).to_contain_text("Uploading 1 of 5")
    assert violations(signed_in) == []
    signed_in.unroute(PIECES)
    # Another page takes over from this one.
    signed_in.goto(f"{live_server.url}/bin/")
    expect(tray).to_contain_text("5 photos uploaded", timeout=SLOW)
    expect(tray.get_by_role("link", name="See your photos")).to_be_visible()
    assert Image.objects.count() == 5
    assert not SelectedFile.objects.exists()
    known = {"again.jpg": list(drawn_jpeg(shade=1))}
    transfer = signed_in.evaluate_handle(FILES, {"dropped.jpg": list(drawn_jpeg(shade=9))} | known)
    signed_in.dispatch_event("h1", "dragover", {"dataTransfer": transfer})
    expect(signed_in.get_by_text("Drop to upload")).to_be_visible()
    signed_in.dispatch_event("h1", "drop", {"dataTransfer": transfer})
    expect(tray).to_contain_text("1 photo uploaded", timeout=SLOW)
    # A photo that the library already has does not count as uploaded.
    expect(tray).to_contain_text("1 duplicate")
    assert Image.objects.filter(source_path="dropped.jpg").exists()
    signed_in.goto(f"{live_server.url}/upload/")
    expect(signed_in.locator(".upload-item.received .upload-name")).to_have_text("dropped.jpg")
    # What has been seen in the list is in no tray.
    signed_in.goto(f"{live_server.url}/bin/")
    signed_in.wait_for_load_state("networkidle")
    expect(tray).to_be_hidden()
    signed_in.dispatch_event("h1", "drop", {"dataTransfer": signed_in.evaluate_handle(FILES, known)})
    expect(tray).to_contain_text("No new photos", timeout=SLOW)
