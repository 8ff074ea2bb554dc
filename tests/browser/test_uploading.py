"""Uploads in a real browser: folders dropped, lines cut, files that turn out to be damaged."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from albums.models import Album, Image, Upload
from albums.services.uploading.archive_unpacking import archive_unpack
from albums.services.uploading.quotas import quota_set
from albums.views import resumable_uploads, uploads
from tests.albums.services.uploading.zips import zipped
from tests.browser.axe import violations
from tests.rows import drawn_jpeg, upload_row

# The addresses of pieces.
PIECES = re.compile(r"/uploads/[0-9a-f-]{36}/$")
# Milliseconds, on a machine with other things to do.
SLOW = 30_000
# What a browser must compute, by FIPS 180-4 and its well-known examples.
VECTORS = {
    "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": (
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
}


@pytest.fixture(autouse=True)
def unpacking(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """No worker runs; the zips that wait for it."""
    ids: list[Any] = []
    for module in (uploads, resumable_uploads):
        monkeypatch.setattr(module, "enqueue_reading", lambda _ids: None)
        monkeypatch.setattr(module, "enqueue_unpacking", ids.append)
    return ids


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.UPLOAD_FOLDER = tmp_path / "uploads"  # type: ignore[attr-defined]  # a fixture
    return tmp_path / "uploads"


@pytest.fixture
def unwatched(page: Page, owner: User, live_server: LiveServer) -> Page:
    """Signed in, and free to have errors in its console: a browser writes a cut line there."""
    client = Client()
    client.force_login(owner)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return page


def drop(page: Page, *paths: Path) -> None:
    """Drag files and folders from outside over the middle of the form, and let go."""
    box = page.locator("form[data-upload]").bounding_box()
    assert box is not None
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + 40}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})


def test_a_dropped_folder_is_sent_file_by_file_each_with_its_result(
    signed_in: Page, live_server: LiveServer, owner: User, tmp_path: Path
) -> None:
    inner = tmp_path / "given" / "Holiday" / "Beach"
    inner.mkdir(parents=True)
    for path, content in {
        inner.parent / "a.jpg": drawn_jpeg(),
        inner / "b.jpg": drawn_jpeg(shade=2),
        inner / "same.jpg": drawn_jpeg(),
        inner / "page.jpg": b"<html></html>",
        inner / ".hidden.jpg": drawn_jpeg(shade=3),
        inner / "a.jpg.json": b"{}",
    }.items():
        path.write_bytes(content)
    album = Album.objects.create(owner=owner, name="Summer")
    signed_in.goto(f"{live_server.url}/upload/?album={album.pk}")
    drop(signed_in, inner.parent)
    expect(signed_in.locator("[data-upload-summary]")).to_have_text(
        "2 uploaded, 1 duplicate, 1 not added", timeout=SLOW
    )
    expect(signed_in.locator(".upload-item.refused .upload-state")).to_contain_text(
        "not added: ", timeout=SLOW
    )
    expect(signed_in.locator(".upload-item.refused .upload-name")).to_have_text(
        "Holiday/Beach/page.jpg", timeout=SLOW
    )
    assert set(album.images.values_list("source_path", flat=True)) <= {
        "Holiday/a.jpg",
        "Holiday/Beach/b.jpg",
        "Holiday/Beach/same.jpg",
    }
    assert album.images.count() == 2
    # The line above the form has heard of it.
    expect(signed_in.locator("#so-far")).to_contain_text("0 of 2 photos processed", timeout=SLOW)
    for width in (360, 1440):
        signed_in.set_viewport_size({"width": width, "height": 800})
        excess = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert signed_in.evaluate(excess) <= 0
        assert violations(signed_in) == []


def test_a_cut_line_costs_no_byte_that_had_arrived(
    unwatched: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    content = drawn_jpeg() + bytes(5 * 2**20)
    (tmp_path / "large.jpg").write_bytes(content)
    offsets: list[int] = []

    def cut_the_second(route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
            return
        offsets.append(int(route.request.headers["upload-offset"]))
        if len(offsets) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    unwatched.goto(f"{live_server.url}/upload/")
    unwatched.route("**/uploads/*/", cut_the_second)
    unwatched.set_input_files("#upload-files", str(tmp_path / "large.jpg"))
    expect(unwatched.locator("[data-upload-notice]")).to_contain_text("Connection lost", timeout=SLOW)
    expect(unwatched.locator("[data-upload-summary]")).to_have_text("1 uploaded", timeout=SLOW)
    expect(unwatched.locator("[data-upload-notice]")).to_be_hidden(timeout=SLOW)
    assert offsets[0] == 0
    assert offsets[1] == offsets[2] > 0, "it went on where it had stopped"
    assert offsets == sorted(offsets)
    assert Image.objects.get().sha256 == hashlib.sha256(content).hexdigest()


def test_a_file_that_stopped_half_way_goes_on_in_another_visit(
    signed_in: Page, live_server: LiveServer, owner: User, tmp_path: Path, folder: Path
) -> None:
    content = drawn_jpeg() + bytes(2**20)
    (tmp_path / "large.jpg").write_bytes(content)
    upload = upload_row(
        owner,
        sha256=hashlib.sha256(content).hexdigest(),
        name="large.jpg",
        size_bytes=len(content),
        received_bytes=2**19,
    )
    folder.mkdir()
    (folder / f"{upload.pk}.part").write_bytes(content[: 2**19])
    offsets: list[str] = []
    signed_in.on(
        "request",
        lambda one: offsets.append(one.headers["upload-offset"]) if one.method == "PATCH" else None,
    )
    signed_in.goto(f"{live_server.url}/upload/")
    expect(signed_in.locator("[data-upload-unfinished]")).to_contain_text("large.jpg", timeout=SLOW)
    signed_in.set_input_files("#upload-files", str(tmp_path / "large.jpg"))
    expect(signed_in.locator("[data-upload-summary]")).to_have_text("1 uploaded", timeout=SLOW)
    assert offsets == [str(2**19)]
    assert not Upload.objects.exists()


def test_files_wait_while_the_line_is_paused_and_can_be_cancelled(
    signed_in: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(6)]
    for number, path in enumerate(paths):
        path.write_bytes(drawn_jpeg(shade=number + 1))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    signed_in.goto(f"{live_server.url}/upload/")
    signed_in.route(PIECES, hold)
    signed_in.set_input_files("#upload-files", [str(path) for path in paths])
    expect(signed_in.locator(".upload-item.active")).to_have_count(3, timeout=SLOW)
    # Each of them has announced its file and sends its first bytes.
    while len(held) < 3:
        signed_in.wait_for_timeout(50)
    signed_in.click("text=Pause")
    signed_in.unroute(PIECES)
    signed_in.click("[aria-label='Cancel: 0.jpg']")
    expect(signed_in.locator(".upload-item.cancelled .upload-name")).to_have_text("0.jpg", timeout=SLOW)
    assert not Image.objects.exists()
    signed_in.click("text=Resume")
    expect(signed_in.locator("[data-upload-summary]")).to_have_text("5 uploaded, 1 cancelled", timeout=SLOW)


def test_a_received_file_that_turns_out_to_be_damaged_says_so_under_its_name(
    signed_in: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    (tmp_path / "holiday.jpg").write_bytes(drawn_jpeg())
    signed_in.set_viewport_size({"width": 390, "height": 800})
    signed_in.goto(f"{live_server.url}/upload/")
    signed_in.set_input_files("#upload-files", str(tmp_path / "holiday.jpg"))
    expect(signed_in.locator(".upload-item.received")).to_have_count(1, timeout=SLOW)
    reason = "The file ends too early; part of the picture is missing. Copy it again from the camera."
    Image.objects.update(state=Image.State.REFUSED, detail=reason)
    expect(signed_in.locator(".upload-item.refused .upload-state")).to_have_text(
        f"not added: {reason}", timeout=SLOW
    )
    expect(signed_in.locator("[data-upload-summary]")).to_have_text("1 not added", timeout=SLOW)
    name = signed_in.locator(".upload-name").bounding_box()
    assert name is not None
    assert name["height"] < 40, "it is on one line"


def test_a_zip_becomes_its_photos(
    signed_in: Page, live_server: LiveServer, tmp_path: Path, unpacking: list[Any]
) -> None:
    files = {"a.jpg": drawn_jpeg(), "b.jpg": drawn_jpeg(shade=2), "page.jpg": b"<html></html>"}
    (tmp_path / "all.zip").write_bytes(zipped(files))
    signed_in.goto(f"{live_server.url}/upload/")
    signed_in.set_input_files("#upload-files", str(tmp_path / "all.zip"))
    expect(signed_in.locator(".upload-item.active .upload-state")).to_have_text(
        "waiting to be unpacked", timeout=SLOW
    )
    archive_unpack(upload_id=unpacking[0], enqueue=lambda _ids: None, describe=lambda *_: True, seconds=60)
    expect(signed_in.locator("[data-upload-summary]")).to_have_text("2 uploaded, 1 not added", timeout=SLOW)
    expect(signed_in.locator(".upload-item.refused .upload-name")).to_have_text(
        "all.zip/page.jpg", timeout=SLOW
    )


def test_a_hundred_files_are_a_few_rows_and_all_counted(
    signed_in: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(100)]
    for path in paths:
        path.write_bytes(drawn_jpeg())
    signed_in.goto(f"{live_server.url}/upload/")
    signed_in.set_input_files("#upload-files", [str(path) for path in paths])
    expect(signed_in.locator("[data-upload-summary]")).to_have_text(
        "1 uploaded, 99 duplicates", timeout=2 * SLOW
    )
    assert signed_in.locator(".upload-item").count() <= 60


def test_the_digest_of_our_own_is_right(signed_in: Page, live_server: LiveServer) -> None:
    signed_in.goto(f"{live_server.url}/upload/")
    ask = """async ({ text, repeat }) => {
        const { digestOf } = await import("/static/js/upload-hash.js");
        return digestOf(new Blob([text.repeat(repeat)]), undefined, true);
    }"""
    for text, known in VECTORS.items():
        assert signed_in.evaluate(ask, {"text": text, "repeat": 1}) == known
    for length in (55, 56, 63, 64, 65, 119, 120, 5_000_000):
        known = hashlib.sha256(b"a" * length).hexdigest()
        assert signed_in.evaluate(ask, {"text": "a", "repeat": length}) == known


def test_a_full_account_stops_the_line_which_goes_on_when_there_is_room(
    unwatched: Page, live_server: LiveServer, owner: User, tmp_path: Path
) -> None:
    files = [tmp_path / f"{number}.jpg" for number in range(4)]
    for number, file in enumerate(files):
        file.write_bytes(drawn_jpeg(shade=number))
    quota_set(owner=owner, most_bytes=files[0].stat().st_size * 3 // 2)
    unwatched.goto(f"{live_server.url}/upload/")
    unwatched.set_input_files("#upload-files", files)
    expect(unwatched.get_by_text("Your storage is full")).to_be_visible(timeout=SLOW)
    assert Image.objects.count() <= 1
    quota_set(owner=owner, most_bytes=0)
    unwatched.get_by_role("button", name="Resume").click()
    # The one that was under way when the line stopped may have been whole by then.
    ended = re.compile(r"^4 uploaded|3 uploaded, 1 duplicate$")
    expect(unwatched.locator("[data-upload-summary]")).to_have_text(ended, timeout=SLOW)
    assert Image.objects.count() == 4
