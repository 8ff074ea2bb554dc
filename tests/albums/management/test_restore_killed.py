"""A restore that is killed at any moment continues, and gives the same library."""

import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from config.local_services.restore_marker import marker_path
from tests.albums.management.test_backup import backup, backups_parameters, files, rows

MOMENTS = (
    ("write_whole", "fsync", 1),
    ("_bring", "call", 3),
    ("_note_write", "return", 1),
    # psql has the dump, but not the line that commits it; then that line too, which may be carried out.
    ("_copy", "wait", 1),
    ("_copy", "return", 1),
    ("restore_finish", "execute", 1),
    ("regeneration_request", "return", 1),
    ("restore_end", "call", 1),
)
"""Function, event or called function, and how often it happens before the kill, in the order of a restore."""


def kill_at(function: str, event: str, times: int) -> None:
    """Kill this process when a function is entered, is left, or calls another one for the nth time."""
    left = times

    def watch(frame: FrameType, kind: str, argument: Any) -> None:
        nonlocal left
        called = kind == "c_call" and getattr(argument, "__name__", "") == event
        if kind == "call" and frame.f_back is not None and frame.f_code.co_name == event:
            frame, called = frame.f_back, True
        if frame.f_code.co_name == function and (called or kind == event):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


def in_a_child(work: Callable[[], object]) -> int:
    """Run `work` in a fork of this process, and return how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
    except BaseException:  # noqa: BLE001 - the fork must never become a second test run
        os._exit(1)
    os._exit(0)


@pytest.fixture
def restored(
    tmp_path: Path, second_database: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Restore into another folder and database, in a process that may be killed; return how it ended."""

    def run(*moment: Any) -> int:
        def restore() -> None:
            settings.DATA_DIR = tmp_path / "restored"
            settings.MEDIA_ROOT = tmp_path / "restored" / "media"
            settings.UPLOAD_FOLDER = tmp_path / "restored" / "uploads"
            os.environ |= {"DATABASE_URL": second_database, "BROKER_URL": project.CELERY_BROKER_URL}
            connection.connection = None  # the socket is the parent's
            connection.settings_dict["NAME"] = second_database.rpartition("/")[2]
            if moment:
                kill_at(*moment)
            call_command("restore", str(tmp_path / "backup"), stdout=io.StringIO())

        return in_a_child(restore)

    return run


def test_a_restore_killed_at_each_step_continues_from_there(
    album: Path, tmp_path: Path, second_database: str, restored: Callable[..., int]
) -> None:
    backup(tmp_path / "backup")
    for moment in MOMENTS:
        assert restored(*moment) == -signal.SIGKILL, f"it did not come to {moment}"
    assert marker_path(tmp_path / "restored").exists()
    assert restored() == 0
    assert not marker_path(tmp_path / "restored").exists()
    assert files(tmp_path / "restored/media/originals") == files(tmp_path / "data/media/originals")
    with psycopg.connect(second_database) as there, psycopg.connect(**backups_parameters()) as here:
        assert rows(there) == rows(here)
