"""albums.checks: problems of the machine are reported with a remedy."""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import features

from albums import checks


class Usage(NamedTuple):
    free: int


def test_a_healthy_machine_passes_all_checks(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "not yet made"
    assert checks.data_folder_check() == []
    assert checks.decoders_check() == []


def test_a_data_folder_that_is_not_a_folder_is_an_error(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file" / "data"
    (problem,) = checks.data_folder_check()
    assert problem.id == "albums.E001"
    assert "TROMBINE_DATA" in str(problem.hint)


def test_a_full_disk_is_a_warning(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(free=5 * 2**20))
    (problem,) = checks.data_folder_check()
    assert (problem.id, problem.msg[:14]) == ("albums.W001", "Only 5 MB are ")


def test_a_missing_decoder_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda name: name != "avif")
    (problem,) = checks.decoders_check()
    assert (problem.id, "AVIF" in problem.msg) == ("albums.E002", True)
