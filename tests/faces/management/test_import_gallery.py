"""`import_folder --gallery`: folders of people become a gallery of named people."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from albums.management.commands import import_folder
from albums.models import Album
from albums.tasks import read_images
from faces.models import Face, FaceRecognition
from faces.services.detecting.scans import scans_open
from faces.tasks import scan_images
from tests.faces.coloured import ColourDetector, drawn


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two people with photos of several people, a damaged one, and a photo beside the folders."""
    stars = tmp_path / "Stars"
    photos: dict[str, dict[str, Any]] = {
        "Rose_Red/1.png": {"red": (20, 30, 200)},
        "Rose_Red/2.png": {"red": (20, 40, 200), "blue": (300, 100, 60)},
        "Gael/1.png": {"green": (40, 30, 200), "yellow": (300, 100, 60)},
        "Gael/none.png": {},
        "group.png": {"violet": (20, 30, 150)},
    }
    for path, people in photos.items():
        (stars / path).parent.mkdir(parents=True, exist_ok=True)
        (stars / path).write_bytes(drawn(**people))
    (stars / "Gael" / "page.jpg").write_bytes(b"<html>")
    return stars


@pytest.fixture
def _worker(detector: ColourDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos are read and scanned at once, where otherwise a worker would get them."""

    def work(image_ids: Sequence[int]) -> None:
        read_images(list(image_ids))
        scans_open(image_ids)
        scan_images(list(image_ids))

    monkeypatch.setattr(import_folder, "request_reading", work)


def imported(folder: Path, *options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_folder", str(folder), "--gallery", "--json", *options, stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


@pytest.mark.usefixtures("_worker")
def test_people_get_the_names_of_their_folders_and_a_second_run_changes_nothing(
    ada: User, folder: Path
) -> None:
    first = imported(folder)
    album = Album.objects.get(name="Stars")
    assert album.gallery
    assert first["gallery"] == {
        "album": album.pk,
        "name": "Stars",
        "people": 2,
        "faces_named": 3,
        "faces_named_before": 0,
        "photos_without_folder": 1,
        "unclear": [{"path": "Gael/none.png", "code": "no_face"}],
    }
    named = Face.objects.in_gallery(album.pk).values_list("image__source_path", "person__name")
    assert sorted(named) == [
        ("Gael/1.png", "Gael"),
        ("Rose_Red/1.png", "Rose Red"),
        ("Rose_Red/2.png", "Rose Red"),
    ]
    again = imported(folder)["gallery"]
    assert (again["people"], again["faces_named"], again["faces_named_before"]) == (2, 0, 3)


@pytest.mark.usefixtures("_worker")
def test_people_read_the_result_in_lines_and_the_album_may_have_another_name(ada: User, folder: Path) -> None:
    out = io.StringIO()
    call_command("import_folder", str(folder), "--gallery", "--album", "Our class", stdout=out)
    lines = out.getvalue()
    assert 'The gallery "Our class" has 2 people: 3 faces named, 0 named before.' in lines
    assert "no face named: Gael/none.png: no face was found [no_face]" in lines
    assert "1 photos are outside the folders of people" in lines


def test_it_is_refused_with_other_ways_and_without_recognition(ada: User, folder: Path) -> None:
    for option in ("--watch", "--album-per-folder"):
        with pytest.raises(CommandError, match="--gallery cannot be combined"):
            imported(folder, option)
    FaceRecognition.objects.create(owner=ada, enabled=False)
    with pytest.raises(CommandError, match="Face recognition is off"):
        imported(folder)
