"""albums.services.uploading.folder_import and its command."""

import io
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from kombu.exceptions import OperationalError as BrokerAway

from albums import tasks
from albums.exceptions import ImportFolderError
from albums.models import Album, Image
from albums.services.uploading.folder_import import ImportReport, import_folder, wait_until_read
from albums.services.uploading.folder_listing import Refusal, printable_path
from tests import drawing


class Worker:
    """A stand-in for the workers that records the ids of the images."""

    def __init__(self) -> None:
        self.chunks: list[list[int]] = []

    def __call__(self, image_ids: Sequence[int]) -> None:
        self.chunks.append(list(image_ids))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos at two levels, among other typical files."""
    root = tmp_path / "photos"
    for seed, path in enumerate(["b.jpg", "a.jpg", "trip/c.jpg", "trip/day two/d.jpg"], start=1):
        drawing.write_photo(root / path, seed)
    for junk in ["a.xmp", "trip/c.jpg.json", "Thumbs.db", ".DS_Store", ".thumbnails/x.jpg"]:
        (root / junk).parent.mkdir(exist_ok=True)
        (root / junk).write_bytes(b"junk")
    return root


def run(folder: Path, owner: User, enqueue: Worker | None = None, **options: object) -> ImportReport:
    return import_folder(folder=folder, owner=owner, enqueue=enqueue or Worker(), **options)  # type: ignore[arg-type]  # any option


def test_photos_are_found_at_every_level_and_other_files_are_skipped(ada: User, folder: Path) -> None:
    report = run(folder, ada)
    assert (report.added, report.already_there, report.refused) == (4, 0, [])
    assert (report.sidecars, report.hidden) == (3, 2)
    assert list(report.images.values()) == ["a.jpg", "b.jpg", "trip/c.jpg", "trip/day two/d.jpg"]
    assert set(Image.objects.values_list("source_path", flat=True)) == set(report.images.values())


def test_a_second_run_adds_nothing(ada: User, folder: Path) -> None:
    run(folder, ada)
    Image.objects.update(state=Image.State.READY)
    worker = Worker()
    report = run(folder, ada, worker)
    assert (report.added, report.already_there) == (0, 4)
    assert worker.chunks == []


def test_a_second_run_enqueues_unread_photos_again(ada: User, folder: Path) -> None:
    first, second = Worker(), Worker()
    run(folder, ada, first)
    run(folder, ada, second)
    assert second.chunks == first.chunks


def test_photos_are_enqueued_in_batches_during_the_import(ada: User, tmp_path: Path) -> None:
    for seed in range(1, 21):
        drawing.write_photo(tmp_path / f"{seed:02}.jpg", seed)
    worker = Worker()
    run(tmp_path, ada, worker)
    assert [len(chunk) for chunk in worker.chunks] == [8, 8, 4]


def test_each_refusal_has_a_file_and_a_reason(ada: User, folder: Path) -> None:
    (folder / "page.jpg").write_bytes(b"<html>")
    (folder / "empty.jpg").touch()
    (folder / "trip" / "empty too.jpg").touch()
    (folder / "link without target.jpg").symlink_to(folder / "gone.jpg")
    report = run(folder, ada)
    assert report.added == 4
    assert [(path, code) for path, code, _ in report.refused] == [
        ("empty.jpg", "empty"),
        ("link without target.jpg", "unreadable"),
        ("page.jpg", "html_page"),
        ("trip/empty too.jpg", "empty"),
    ]
    assert all(reason for _, _, reason in report.refused)
    assert run(folder, ada).refused == report.refused


def test_links_are_followed_and_loops_are_not(ada: User, folder: Path, tmp_path: Path) -> None:
    drawing.write_photo(tmp_path / "elsewhere" / "e.jpg", 9)
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "trip" / "up").symlink_to(folder)
    (folder / "trip" / "self").symlink_to("self")
    report = run(folder, ada)
    assert report.added == 5
    assert [refusal.path for refusal in report.refused] == ["trip/self"]


def test_a_named_pipe_is_skipped_without_blocking(ada: User, folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")
    assert run(folder, ada).added == 4


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_opened_is_a_refusal(ada: User, folder: Path) -> None:
    (folder / "trip").chmod(0)
    report = run(folder, ada)
    (folder / "trip").chmod(0o700)
    assert (report.added, [refusal.path for refusal in report.refused]) == (2, ["trip"])


def test_file_names_that_are_not_valid_text_are_imported(ada: User, folder: Path) -> None:
    for name in (b"caf\xe9.jpg", b"new\nline.jpg", "rtl_\u202egpj.jpg".encode()):
        (folder / os.fsdecode(name)).write_bytes(drawing.photo(len(name)))
    run(folder, ada)
    paths = set(Image.objects.values_list("source_path", flat=True))
    assert {"caf\\xe9.jpg", "new\nline.jpg", "rtl_\u202egpj.jpg"} <= paths


def test_all_photos_are_added_to_one_album_once(ada: User, folder: Path) -> None:
    run(folder, ada, album=" Summer ")
    run(folder, ada, album="Summer")
    album = Album.objects.get()
    assert (album.name, album.images.count()) == ("Summer", 4)


def test_each_folder_becomes_an_album_with_its_name(ada: User, folder: Path) -> None:
    run(folder, ada, album_per_folder=True)
    counts = {album.name: album.images.count() for album in Album.objects.all()}
    assert counts == {"photos": 2, "trip": 1, "trip / day two": 1}


def test_files_that_workers_refuse_are_in_the_report(ada: User, folder: Path) -> None:
    (folder / "cut.jpg").write_bytes(drawing.encoded(drawing.quarters(900, 600))[:-500])
    report = run(folder, ada)
    assert (report.added, report.unread) == (5, 5)
    ticks: list[tuple[int, int]] = []

    def work(read: int, total: int) -> None:
        ticks.append((read, total))
        tasks.read_images(list(report.images))

    wait_until_read(report=report, on_progress=work)
    assert ticks == [(0, 5), (5, 5)]
    assert (report.added, report.unread) == (4, 0)
    assert report.refused == [Refusal("cut.jpg", "truncated", report.refused[0].reason)]


def test_a_folder_that_cannot_be_imported_has_an_explanation(ada: User, tmp_path: Path) -> None:
    with pytest.raises(ImportFolderError, match="There is no folder"):
        run(tmp_path / "nowhere", ada)
    with pytest.raises(ImportFolderError, match="is not a folder"):
        run(drawing.write_photo(tmp_path / "file.jpg"), ada)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "x.json").touch()
    with pytest.raises(ImportFolderError, match=r"no picture in .* \(1 hidden files and sidecars"):
        run(tmp_path / "empty", ada)


def test_a_path_with_line_breaks_is_printed_on_one_line() -> None:
    assert printable_path("a\nb\x1b[2J\u202ec\udce9 é😀.jpg") == "a\\nb\\x1b[2J\\u202ec\\udce9 é😀.jpg"


def test_the_command_reports_every_file(
    ada: User, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "page\n.jpg").write_bytes(b"<html>")
    worker = Worker()
    monkeypatch.setattr(tasks.read_images, "delay", worker)
    out = io.StringIO()
    call_command("import_folder", str(folder), stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("4 added, 0 duplicates, 1 refused (")
    assert lines[1] == "Skipped: 2 hidden files, 3 sidecars."
    assert lines[2].startswith("4 are not read yet")
    assert lines[3].startswith("  refused: page\\n.jpg: This is a web page")
    assert lines[3].endswith("[html_page]")
    assert capsys.readouterr().err == ""


def test_without_a_broker_the_photos_are_stored_and_the_command_fails(
    ada: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(1, 21):
        drawing.write_photo(tmp_path / "photos" / f"{seed:02}.jpg", seed)
    attempts = []

    def unreachable(image_ids: Sequence[int]) -> None:
        attempts.append(image_ids)
        raise BrokerAway("Connection refused")

    monkeypatch.setattr(tasks.read_images, "delay", unreachable)
    with pytest.raises(
        CommandError, match=r"stored, but 20 of them are not queued.*refused.*BROKER_URL"
    ) as caught:
        call_command("import_folder", str(tmp_path / "photos"), "--wait", stdout=io.StringIO())
    assert caught.value.returncode == 3
    assert Image.objects.unread().filter(queued_at=None).count() == 20
    assert len(attempts) == 2, "it does not wait for the broker with each batch"


def test_all_photos_are_enqueued_after_the_broker_recovers(
    ada: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(1, 21):
        drawing.write_photo(tmp_path / "photos" / f"{seed:02}.jpg", seed)
    heard: list[int] = []
    attempts = iter(range(100))

    def unreachable_at_first(image_ids: Sequence[int]) -> None:
        if next(attempts) == 0:
            raise BrokerAway("Connection refused")
        heard.extend(image_ids)

    monkeypatch.setattr(tasks.read_images, "delay", unreachable_at_first)
    call_command("import_folder", str(tmp_path / "photos"), stdout=io.StringIO())
    assert sorted(heard) == sorted(Image.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/nowhere"], "There is no folder"),
        ([".", "--owner", "x"], "no account named"),
        ([".", "--album", " "], "--album"),
    ],
)
def test_wrong_arguments_end_with_2(ada: User, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        call_command("import_folder", *arguments)
    assert caught.value.returncode == 2
