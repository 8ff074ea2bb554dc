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
