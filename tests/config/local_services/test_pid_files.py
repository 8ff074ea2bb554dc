"""Pid files."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.local_services import pid_files, process_control


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield child
    child.kill()
    child.wait()


def test_a_running_process_is_found_again(tmp_path: Path, sleeper) -> None:
    pid_files.write(tmp_path / "a.pid", sleeper.pid)
    found = pid_files.read(tmp_path / "a.pid")
    assert found is not None
    assert found.pid == sleeper.pid


def test_a_number_that_now_belongs_to_another_process_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.pid").write_text(json.dumps({"pid": os.getpid(), "created": time.time() - 86400}))
    assert pid_files.read(tmp_path / "a.pid") is None


def test_a_zombie_is_ignored(tmp_path: Path, sleeper) -> None:
    pid_files.write(tmp_path / "a.pid", sleeper.pid)
    sleeper.kill()
    time.sleep(0.2)
    assert pid_files.read(tmp_path / "a.pid") is None


@pytest.mark.parametrize("content", ["", "12", "{}", '{"pid": "x"}', "[]"])
def test_a_damaged_file_is_ignored(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.pid").write_text(content)
    assert pid_files.read(tmp_path / "a.pid") is None


def test_a_process_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('x', flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    pid_files.write(tmp_path / "a.pid", child.pid)
    process = pid_files.read(tmp_path / "a.pid")
    assert process is not None
    process_control.stop(process, seconds=0.3)
    assert pid_files.read(tmp_path / "a.pid") is None
    child.wait()
    child.stdout.close()
