"""manage.py export_people."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from albums.models import Image
from faces.management.commands import export_people
from faces.models import Person
from faces.vision.types import Box
from tests.faces.coloured import face
from tests.rows import image_row, image_rows

Call = Callable[..., str]
Refused = Callable[..., tuple[int, str]]


@pytest.fixture
def ruby(ada: User) -> Person:
    """Somebody with a face, beside one that waits."""
    first, second = image_rows(ada, 2, shapes=((480, 320),))
    person = Person.objects.create(owner=ada, name='Ruby "Red", née Smith')
    face(first, person=person, box=Box(0.25, 0.5, 0.5, 0.25))
    face(second)
    return person


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_one_row_a_face_with_its_box_in_pixels(ruby: Person, call: Call, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    assert call("export_people", file) == f"2 faces written to {file}\n"
    named, waiting = read(file)
    assert list(named) == ["photo", "x", "y", "w", "h", "person", "name", "state"]
    assert [named[key] for key in ("x", "y", "w", "h")] == ["120", "160", "240", "80"]
    assert (named["person"], named["name"], named["state"]) == (str(ruby.pk), ruby.name, "named")
    assert (waiting["person"], waiting["name"], waiting["state"]) == ("", "", "waiting")


def test_a_path_of_any_kind_comes_back_as_it_was(ada: User, call: Call, tmp_path: Path) -> None:
    path = 'a, "quoted"\nline/\N{RIGHT-TO-LEFT MARK}münchen 🙂.jpg'
    image = image_row(ada)
    Image.objects.filter(pk=image.pk).update(source_path=path)
    face(image)
    call("export_people", tmp_path / "people.csv")
    assert [row["photo"] for row in read(tmp_path / "people.csv")] == [path]


def test_without_faces_there_is_only_the_first_line(ada: User, call: Call, tmp_path: Path) -> None:
    call("export_people", tmp_path / "people.csv")
    assert (tmp_path / "people.csv").read_text() == "photo,x,y,w,h,person,name,state\n"


def test_a_dash_is_the_terminal(ruby: Person, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("export_people", "-") == ""
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_among_several_accounts_one_is_named(ruby: Person, grace: User, call: Call, tmp_path: Path) -> None:
    face(image_row(grace))
    call("export_people", "--owner", "grace", tmp_path / "people.csv")
    assert len(read(tmp_path / "people.csv")) == 1


def test_an_unclear_owner_is_a_wrong_argument_and_the_accounts_are_named(
    ada: User, grace: User, refused: Refused, tmp_path: Path
) -> None:
    code, message = refused("export_people", tmp_path / "people.csv")
    assert code == 2
    assert "--owner" in message
    assert "ada, grace" in message
    code, message = refused("export_people", "--owner", "eve", tmp_path / "people.csv")
    assert code == 2
    assert "'eve'" in message
    assert "ada, grace" in message
    assert list(tmp_path.iterdir()) == []


def test_without_an_account_it_says_so(db: None, refused: Refused, tmp_path: Path) -> None:
    code, message = refused("export_people", tmp_path / "people.csv")
    assert code == 2
    assert "no account" in message


def test_a_file_that_cannot_be_written_is_named_with_the_reason(
    ruby: Person, refused: Refused, tmp_path: Path
) -> None:
    code, message = refused("export_people", tmp_path / "nowhere" / "people.csv")
    assert code == 1
    assert "people.csv cannot be written: No such file or directory" in message
    (tmp_path / "folder.csv").mkdir()
    code, message = refused("export_people", tmp_path / "folder.csv")
    assert code == 1
    assert "cannot be written" in message
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"], "nothing half is left"


def test_an_export_that_breaks_off_leaves_the_old_file(
    ruby: Person, refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(_owner: User) -> Iterator[tuple[str, ...]]:
        yield ("first",) * 8
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export_people, "people_rows", break_off)
    file = tmp_path / "people.csv"
    file.write_text("what was there")
    code, message = refused("export_people", file)
    assert code == 1
    assert "No space left" in message
    assert file.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [file]


def test_a_missing_file_name_is_a_wrong_argument(ada: User, refused: Refused) -> None:
    _code, message = refused("export_people")
    assert "FILE.csv" in message
