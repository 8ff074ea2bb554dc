"""A web process on a full disk counts no requests, instead of being ended by the kernel."""

import errno
import os
from pathlib import Path

import pytest

from config.observability.metric_files import FOLDER_VARIABLE, ROOM_BYTES, has_metrics_room


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    has_metrics_room.cache_clear()
    return tmp_path


def test_the_room_for_metrics_is_allocated_before_the_file_is_mapped(folder: Path) -> None:
    assert has_metrics_room(7)
    file = (folder / "histogram_7.db").stat()
    assert file.st_size == ROOM_BYTES
    assert file.st_blocks * 512 >= ROOM_BYTES


def test_a_process_without_room_counts_nothing_and_leaves_no_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert not has_metrics_room(7)
    assert list(folder.iterdir()) == []


def test_metrics_in_memory_need_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert has_metrics_room(7)
