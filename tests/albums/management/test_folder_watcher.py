"""bin/manage import_folder --watch: new files are imported once they stop growing."""

import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from albums import tasks
from albums.management import folder_watcher
from albums.models import Image
from albums.services.uploading.folder_import import ImportReport, import_folder
from albums.services.uploading.folder_watching import Arrivals
from tests import drawing


def test_a_file_is_imported_once_it_stops_growing(tmp_path: Path) -> None:
    waiting = Arrivals(tmp_path, settle=2.0)
    growing = tmp_path / "growing.jpg"
    growing.write_bytes(b"1")
    (tmp_path / ".hidden.jpg").write_bytes(b"1")
    (tmp_path / "side.xmp").write_bytes(b"1")
    waiting.notice(tmp_path.iterdir())
    assert waiting.waiting == 1
    assert waiting.take(100.0).files == []
    growing.write_bytes(b"12")
    assert waiting.take(103.0).files == []
    assert waiting.take(104.0).files == []
    assert waiting.take(105.0).files == ["growing.jpg"]
    assert waiting.waiting == 0


def test_old_files_are_imported_immediately_and_deleted_files_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "trip").mkdir()
    for name in ("trip/old.jpg", "gone.jpg"):
        (tmp_path / name).write_bytes(b"1")
        os.utime(tmp_path / name, (1e9, 1e9))
    waiting = Arrivals(tmp_path, settle=2.0)
    waiting.notice([tmp_path / "trip", tmp_path / "gone.jpg", tmp_path.parent / "elsewhere.jpg"])
    (tmp_path / "gone.jpg").unlink()
    assert waiting.take(0.0).files == ["trip/old.jpg"]
    assert waiting.waiting == 0


@pytest.mark.parametrize("poll", [(), ("--poll", "0.1")])
def test_new_files_are_imported_and_nothing_is_ever_deleted(
    ada: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, poll: tuple[str, ...]
) -> None:
    monkeypatch.setattr(folder_watcher, "CHECK_SECONDS", 0.05)
    folder = tmp_path / "camera"
    drawing.write_photo(folder / "first.jpg", 1)
    queued: list[int] = []
    monkeypatch.setattr(tasks.read_images, "delay", queued.extend)
    steps: list[str] = []

    def quick(folder: Path, *, poll: float | None, notify: Any) -> Iterator[Any]:
        for listing in real(folder, poll=poll, notify=notify, settle=0.1):
            steps.extend(listing.files)
            yield listing
            if len(steps) == 1:
                # A folder is moved in and a photo is renamed.
                threading.Timer(0.05, come).start()
            if len(steps) >= 3:
                raise KeyboardInterrupt

    def come() -> None:
        drawing.write_photo(tmp_path / "trip" / "second.jpg", 2)
        (tmp_path / "trip").rename(folder / "trip")
        (folder / "first.jpg").rename(folder / "renamed.jpg")

    real = folder_watcher.watch_folder
    monkeypatch.setattr("albums.management.commands.import_folder.watch_folder", quick)
    out, messages = io.StringIO(), io.StringIO()
    call_command("import_folder", str(folder), "--watch", "--no-progress", *poll, stdout=out, stderr=messages)
    assert sorted(steps) == ["first.jpg", "renamed.jpg", "trip/second.jpg"]
    assert sorted(Image.objects.values_list("source_path", flat=True)) == ["first.jpg", "trip/second.jpg"]
    assert "Watching" in messages.getvalue()
    assert out.getvalue().startswith("2 added, 1 duplicates, 0 refused")
    assert len(set(queued)) == 2, "both are queued"


def test_a_missing_folder_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_watcher, "CHECK_SECONDS", 0.05)
    stick = tmp_path / "stick"
    drawing.write_photo(stick / "one.jpg", 1)
    os.utime(stick / "one.jpg", (1e9, 1e9))
    messages: list[str] = []
    found = folder_watcher.watch_folder(stick, poll=None, notify=messages.append, settle=0.1)
    assert next(found).files == ["one.jpg"]
    stick.rename(tmp_path / "away")

    def back() -> None:
        drawing.write_photo(tmp_path / "away" / "two.jpg", 2)
        os.utime(tmp_path / "away" / "two.jpg", (1e9, 1e9))
        (tmp_path / "away").rename(stick)

    threading.Timer(0.4, back).start()
    assert next(found).files == ["one.jpg", "two.jpg"]
    assert ["not available" in messages[0], "available again" in messages[1]] == [True, True]


@pytest.mark.parametrize("arguments", [["--poll", "5"], ["--watch", "--poll", "0"], ["--watch", "--wait"]])
def test_contradicting_options_are_usage_errors(ada: User, tmp_path: Path, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_folder", str(tmp_path), *arguments)


def test_a_folder_to_watch_must_exist_at_first(ada: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a folder") as error:
        call_command("import_folder", str(tmp_path / "nothing"), "--watch")
    assert error.value.returncode == 2


def halves(whole: bytes) -> dict[str, bytes]:
    """Stages of a file that is being written."""
    half = whole[: len(whole) // 2]
    return {"empty": b"", "half": half, "preallocated": half.ljust(len(whole), b"\0")}


@pytest.mark.parametrize("stage", ["empty", "half", "preallocated"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF", "TIFF"])
def test_a_file_that_stalls_is_not_taken_before_it_is_whole(tmp_path: Path, kind: str, stage: str) -> None:
    whole = drawing.encoded(drawing.quarters(300, 200), kind)
    file = tmp_path / "slow.bin"
    file.write_bytes(halves(whole)[stage])
    waiting = Arrivals(tmp_path, settle=2.0, patience=60.0)
    waiting.notice([file])
    if kind == "TIFF" and stage == "half":
        pytest.skip("a TIFF does not say where it ends")
    for second in range(100, 159, 2):
        assert waiting.take(float(second)).files == []
    file.write_bytes(whole)
    assert waiting.take(159.0).files == []
    assert waiting.take(161.0).files == ["slow.bin"]


def test_a_file_that_stays_incomplete_is_taken_in_the_end_and_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(drawing.photo()[:-300])
    waiting = Arrivals(tmp_path, settle=2.0, patience=60.0)
    waiting.notice_all()
    assert waiting.take(100.0).files == []
    assert waiting.take(150.0).files == []
    assert waiting.take(160.0).files == ["cut.jpg"]


def test_unfinished_downloads_are_skipped_and_counted_once(tmp_path: Path) -> None:
    for name in ("a.jpg.part", "b.crdownload", "c.TMP", "d.jpg~", "e.jpg"):
        drawing.write_photo(tmp_path / name)
    waiting = Arrivals(tmp_path, settle=0.0)
    waiting.notice_all()
    listing = waiting.take(1.0)
    assert (listing.files, len(listing.unfinished)) == (["e.jpg"], 4)
    waiting.notice_all()
    (tmp_path / "a.jpg.part").rename(tmp_path / "a.jpg")
    waiting.notice([tmp_path / "a.jpg"])
    listing = waiting.take(2.0)
    assert (listing.files, listing.unfinished) == (["a.jpg", "e.jpg"], [])


def test_a_later_good_version_of_a_file_replaces_its_refusal(ada: User, tmp_path: Path) -> None:
    file = tmp_path / "trip" / "photo.jpg"
    drawing.write_photo(tmp_path / "other.jpg", 3)
    report = ImportReport()
    for content in (b"", drawing.photo(1)[:200], drawing.photo(1)):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        report.add(import_folder(folder=tmp_path, owner=ada, enqueue=lambda _ids: None))
    assert report.refused == []
    assert not Image.objects.refused().exists()
    assert sorted(Image.objects.values_list("source_path", flat=True)) == ["other.jpg", "trip/photo.jpg"]
