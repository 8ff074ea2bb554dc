"""The table of models, and the records beside their files."""

import json
import os
from pathlib import Path

import pytest

from faces.vision.errors import ModelDamaged, ModelMissing, UnknownModel
from faces.vision.weights.files import (
    State,
    digest_of,
    inspect,
    installed_path,
    record_path,
    record_read,
    record_write,
)
from faces.vision.weights.table import MODELS, model_named

YUNET = model_named("yunet")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A models folder with a stand-in for YuNet."""
    path = tmp_path / YUNET.file
    path.write_bytes(b"weights" * 100)
    record_write(model=YUNET, path=path, origin="a test")
    return tmp_path


def test_names_and_files_are_distinguished() -> None:
    assert len({model.name for model in MODELS}) == len({model.file for model in MODELS}) == len(MODELS)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.name))
def test_every_model_has_a_source_and_what_comes_from_the_index_is_pinned(model) -> None:
    assert model.wheel or model.npm or model.publisher
    assert model.licence
    if model.wheel or model.npm:
        assert model.size > 0
        assert len(model.sha256) == 64


def test_a_name_that_is_not_in_the_table_is_answered_with_those_that_are() -> None:
    with pytest.raises(UnknownModel, match="retinaface_mobilenet, facenet128"):
        model_named("facenet512")


def test_an_installed_file_is_found(folder: Path) -> None:
    assert inspect(YUNET, folder, thoroughly=True).state is State.INSTALLED
    assert installed_path("yunet", folder) == folder / YUNET.file


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="fetch_models yunet"):
        installed_path("yunet", tmp_path)


def test_a_file_of_another_size_is_damaged(folder: Path) -> None:
    (folder / YUNET.file).write_bytes(b"weights")
    with pytest.raises(ModelDamaged, match="7 bytes, not 700"):
        installed_path("yunet", folder)


def test_a_changed_byte_is_seen_by_the_files_time(folder: Path) -> None:
    (folder / YUNET.file).write_bytes(b"Weights" * 100)
    assert "sha256" in inspect(YUNET, folder).found


def test_a_changed_byte_behind_an_unchanged_time_is_seen_when_looked_for_thoroughly(folder: Path) -> None:
    path = folder / YUNET.file
    before = path.stat()
    path.write_bytes(b"Weights" * 100)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert inspect(YUNET, folder).state is State.INSTALLED
    assert inspect(YUNET, folder, thoroughly=True).state is State.DAMAGED


def test_a_copied_data_folder_whose_times_are_new_is_whole(folder: Path) -> None:
    os.utime(folder / YUNET.file, (1, 1))
    assert inspect(YUNET, folder).state is State.INSTALLED


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"name": "yunet"}'])
def test_a_file_without_a_readable_record_is_not_trusted(folder: Path, content: str) -> None:
    record_path(folder / YUNET.file).write_text(content, encoding="utf-8")
    assert inspect(YUNET, folder).state is State.DAMAGED


def test_a_file_of_an_older_table_is_replaced(folder: Path) -> None:
    path = record_path(folder / YUNET.file)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"published_sha256": "0" * 64}))
    assert "another version" in inspect(YUNET, folder).found


def test_a_record_says_what_was_installed(folder: Path) -> None:
    record = record_read(folder / YUNET.file)
    assert record is not None
    assert (record.origin, record.size, record.sha256) == ("a test", 700, digest_of(folder / YUNET.file))
