"""bin/manage train_verifier, on real head shots."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from config.commands.reporting import CommandFailure, Exit
from faces.management.commands import train_verifier as command
from faces.services.searching import verifier_training
from faces.services.searching.verifiers import verifiers, verifiers_folder
from faces.vision.verifier import training
from tests.faces.trained_verifiers import stored_verifier

Call = Callable[..., str]
Refused = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def _data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def people(orl: Path, tmp_path: Path, models_dir: Path, settings: Settings) -> Path:
    """Ten people with two head shots each."""
    settings.MODELS_DIR = models_dir
    folder = tmp_path / "Class of 1995"
    for person in range(1, 11):
        (folder / f"s{person}").mkdir(parents=True)
        for number in (1, 2):
            shutil.copy(orl / f"s{person}" / f"{number}.pgm", folder / f"s{person}" / f"{number}.pgm")
    return folder


@pytest.mark.slow(6)
def test_a_folder_of_people_becomes_a_model_with_measures_and_pictures(
    people: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "GRID", training.GRID[::10])
    (people / "s1" / "notes.txt").write_text("no picture")
    printed = json.loads(call("train_verifier", people, "--name", "class", "--json", "--no-progress"))
    assert (printed["name"], printed["faces"], printed["unreadable"]) == ("class", 20, ["s1/notes.txt"])
    assert 0.5 < printed["verifier"]["auc"] <= 1
    assert printed["distance"]["auc"] > 0.7
    folder = verifiers_folder() / "class"
    assert sorted(path.name for path in folder.iterdir()) == [
        "histogram.svg",
        "metrics.json",
        "model.onnx",
        "roc.svg",
    ]
    (installed,) = verifiers()
    assert installed.embedder == "facenet_sface256"
    assert installed.metrics["people"] == {"train": 6, "validation": 2, "test": 2}
    assert len(installed.metrics["trials"]) == len(training.GRID)
    assert "s1" not in (folder / "metrics.json").read_text()


def test_a_folder_that_is_none_or_has_too_few_people_is_a_wrong_argument(
    tmp_path: Path, refused: Refused
) -> None:
    code, message = refused("train_verifier", tmp_path / "nowhere")
    assert (code, "No such file" in message) == (Exit.USAGE, True)
    (tmp_path / "photos").mkdir()
    code, message = refused("train_verifier", tmp_path / "photos")
    assert code == Exit.USAGE
    assert "0 people with two usable pictures" in message
    assert not verifiers_folder().exists()


def test_a_name_that_is_taken_or_none_is_a_wrong_argument(tmp_path: Path, refused: Refused) -> None:
    stored_verifier()
    code, message = refused("train_verifier", tmp_path, "--name", "class")
    assert (code, "--replace" in message) == (Exit.USAGE, True)
    code, message = refused("train_verifier", tmp_path, "--name", "../x")
    assert (code, "--name" in message) == (Exit.USAGE, True)


def test_an_interruption_saves_nothing(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "pictures_by_person", lambda _folder: [])
    monkeypatch.setattr(command, "faces_read", interrupt)
    with pytest.raises(CommandFailure, match="Nothing was saved") as error:
        call("train_verifier", tmp_path, "--name", "class")
    assert error.value.returncode == Exit.INTERRUPTED
    assert not verifiers_folder().exists()


def test_people_of_whom_too_few_faces_are_found_are_counted(
    tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in range(10):
        (tmp_path / f"p{person}").mkdir()
        for number in (1, 2):
            (tmp_path / f"p{person}" / f"{number}.jpg").write_bytes(b"no picture")
    monkeypatch.setattr(verifier_training, "get_pipeline", lambda _models: None)
    code, message = refused("train_verifier", tmp_path, "--name", "class")
    assert (code, "0 people with two usable pictures" in message) == (Exit.USAGE, True)
