"""An export of Google Takeout, unpacked or in zips, gives the photos with all that its JSON files tell."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from albums.imaging import CaptureSource
from albums.models import Album, Image, Sidecar
from albums.services.arranging.descriptions import image_set_owner_description
from albums.services.importing.takeout_sidecars import LARGEST_JSON
from albums.services.reading.renditions import image_read
from tests import drawing

ROOT = "Takeout/Google Photos"
TAKEN = "1563357600"  # 2019-07-17 10:00 in UTC

pytestmark = pytest.mark.django_db


def photo_json(title: str, **more: Any) -> bytes:
    return json.dumps({"title": title, "photoTakenTime": {"timestamp": TAKEN}, **more}).encode()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Three photos of a year, one of them in an album and edited, one deleted, and a film."""
    root = tmp_path / "export"
    year, album = root / ROOT / "Photos from 2019", root / ROOT / "Lyon"
    for seed, name in enumerate(["a", "b", "b-edited", "gone", "alone"], start=1):
        drawing.write_photo(year / f"{name}.jpg", seed)
    album.mkdir()
    (album / "a.jpg").write_bytes((year / "a.jpg").read_bytes())
    report = photo_json(
        "a.jpg",
        description=" The market\u0000 ",
        geoData={"latitude": 45.76, "longitude": 4.84},
        people=[{"name": "Anna"}, {"name": " Anna "}, {"name": ""}, "nobody"],
        favorited=True,
    )
    files = {
        year / "a.jpg.supplemental-metadata.json": report,
        album / "a.jpg.supplemental-metadata.json": report,
        album / "metadata.json": b'{"title": "Lyon / 2019", "description": ""}',
        year / "metadata.json": b'{"title": "Photos from 2019"}',
        year / "b.jpg.json": photo_json("b.jpg", archived=True, geoData={"latitude": 0.0, "longitude": 0.0}),
        year / "gone.jpg.json": photo_json("gone.jpg", trashed=True),
        year / "c.mp4.json": photo_json("c.mp4"),
        year / "c.mp4": b"film",
        year / "lost.jpg.json": photo_json("lost.jpg"),
    }
    for path, content in files.items():
        path.write_bytes(content)
    return root


def zipped(folder: Path, target: Path, names: Iterable[str]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(folder / name, name)


def run(path: Path, *options: str, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """Import, and read each photo at once."""

    def work(image_ids: Iterable[int]) -> None:
        for image in Image.objects.filter(pk__in=list(image_ids)):
            image_read(image=image)

    monkeypatch.setattr("albums.management.commands.import_folder.request_reading", work)
    out = io.StringIO()
    call_command("import_folder", str(path), "--takeout", "--json", *options, stdout=out)
    return dict(json.loads(out.getvalue()))


def check_photos(report: Mapping[str, Any]) -> None:
    assert (report["added"], report["refused"]) == (4, [])
    takeout = report["takeout"]
    year = f"{ROOT}/Photos from 2019"
    assert takeout["matched"] == 4
    assert takeout["without_json"] == [f"{year}/alone.jpg"]
    assert takeout["json_without_picture"] == [f"{year}/lost.jpg.json"]
    assert (takeout["json_of_films"], takeout["in_bin"], takeout["unreadable_json"]) == (1, 1, [])
    assert (takeout["albums"], takeout["people"]) == (["Lyon / 2019"], ["Anna"])
    a, b, edited, alone = (
        Image.objects.get(source_path__endswith=f"/{name}.jpg") for name in ("a", "b", "b-edited", "alone")
    )
    assert (a.captured_at, a.captured_source) == (datetime(2019, 7, 17, 10), CaptureSource.SIDECAR)  # noqa: DTZ001
    assert (a.description, a.place, a.country, a.favourite) == ("The market", "Lyon", "FR", True)
    assert a.sidecar.people == ["Anna"]
    assert (b.latitude, b.archived, edited.archived) == (None, True, True)
    assert b.captured_at == edited.captured_at == a.captured_at
    assert (alone.captured_at, Sidecar.objects.filter(image=alone).exists()) == (None, False)
    assert list(Album.objects.values_list("name", flat=True)) == ["Lyon / 2019"]
    assert list(Album.objects.get().images.all()) == [a]


@pytest.mark.parametrize("kind", ["folder", "zip", "two zips"])
def test_photos_come_with_all_that_their_files_tell(
    ada: User, export: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = export
    if kind != "folder":
        names = [str(one.relative_to(export)) for one in sorted(export.rglob("*")) if one.is_file()]
        path = export.parent / "downloads"
        path.mkdir()
        # A picture and its JSON file may be in different zips.
        parts = [names] if kind == "zip" else [names[::2], names[1::2]]
        for number, part in enumerate(parts, start=1):
            zipped(export, path / f"takeout-{number:03}.zip", part)
    check_photos(run(path / "takeout-001.zip" if kind == "zip" else path, monkeypatch=monkeypatch))


def test_a_second_import_changes_nothing_that_the_owner_changed(
    ada: User, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(export, monkeypatch=monkeypatch)
    photo = Image.objects.get(source_path__endswith="/a.jpg")
    image_set_owner_description(photo, "Mine")
    photo.favourite = False
    photo.save()
    assert run(export, monkeypatch=monkeypatch)["added"] == 0
    photo.refresh_from_db()
    assert (photo.description, photo.favourite) == ("Mine", False)


def test_photos_that_were_imported_before_get_the_values(
    ada: User, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = export / ROOT / "Photos from 2019"
    aside = export / "aside.json"
    (year / "b.jpg.json").rename(aside)
    run(export, monkeypatch=monkeypatch)
    photo = Image.objects.get(source_path__endswith="/b.jpg")
    assert not photo.captured_at
    aside.rename(year / "b.jpg.json")
    run(export, monkeypatch=monkeypatch)
    photo.refresh_from_db()
    assert (photo.captured_at, photo.archived) == (datetime(2019, 7, 17, 10), True)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        # The same moment by the clock of the phone, two hours east of UTC; and a date that Google corrected.
        ("IMG_20190717_120000.jpg", (datetime(2019, 7, 17, 12), CaptureSource.FILE_NAME)),  # noqa: DTZ001
        ("IMG_20220101_120000.jpg", (datetime(2019, 7, 17, 10), CaptureSource.SIDECAR)),  # noqa: DTZ001
        ("IMG-20190717-WA0001.jpg", (datetime(2019, 7, 17, 10), CaptureSource.SIDECAR)),  # noqa: DTZ001
    ],
)
def test_the_clock_of_the_place_stays_where_both_have_the_same_moment(
    ada: User,
    tmp_path: Path,
    name: str,
    shown: tuple[datetime, CaptureSource],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawing.write_photo(tmp_path / "export" / name, 1)
    (tmp_path / "export" / f"{name}.json").write_bytes(photo_json(name))
    run(tmp_path / "export", monkeypatch=monkeypatch)
    photo = Image.objects.get()
    assert (photo.captured_at, photo.captured_source) == shown


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{" + b" " * LARGEST_JSON, "more than 1 MB"),
        (b"[" * 100_000, "no whole JSON file"),
        (b'{"a": 1}', "no photo and no album"),
        (b'{"photoTakenTime": {"timestamp": "1e999"}, "geoData": {"latitude": "x"}, "people": 7}', ""),
    ],
)
def test_a_hostile_json_file_costs_nothing_but_its_values(
    ada: User, tmp_path: Path, content: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing.write_photo(tmp_path / "a.jpg", 1)
    (tmp_path / "a.jpg.json").write_bytes(content)
    report = run(tmp_path, monkeypatch=monkeypatch)
    assert report["added"] == 1
    assert [reason in one["reason"] for one in report["takeout"]["unreadable_json"]] == [True] * bool(reason)


def test_a_broken_zip_is_named_and_the_others_are_imported(
    ada: User, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (export / "takeout-002.zip").write_bytes(b"PK\x03\x04 cut off")
    report = run(export, monkeypatch=monkeypatch)
    assert report["added"] == 4
    assert [(one["path"], one["code"]) for one in report["refused"]] == [("takeout-002.zip", "not_a_zip")]


def test_an_export_without_pictures_is_an_error(ada: User, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(CommandError, match="There is no picture in"):
        call_command("import_folder", str(tmp_path), "--takeout")
    with pytest.raises(CommandError, match="leave out"):
        call_command("import_folder", str(tmp_path), "--takeout", "--album", "x")


def test_the_worker_reads_photos_of_an_export(
    ada: User, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue gets each photo once, though it is in two folders."""
    queued: list[int] = []
    monkeypatch.setattr("albums.management.commands.import_folder.request_reading", queued.extend)
    call_command("import_folder", str(export), "--takeout", stdout=io.StringIO())
    assert sorted(queued) == sorted(Image.objects.values_list("pk", flat=True))
