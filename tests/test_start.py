"""The start command, run like a user does."""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.core.management import CommandParser

from albums.management.commands.start import Command
from config.local_services import pid_files

ROOT = Path(__file__).resolve().parents[1]
# Long enough for a machine with much else to do.
SECONDS_TO_WAIT = 180


def test_the_help_of_bin_start_lists_every_option() -> None:
    done = subprocess.run([ROOT / "bin" / "start", "--help"], capture_output=True, text=True, check=True)
    parser = CommandParser(prog="start")
    Command().add_arguments(parser)
    for action in parser._actions:
        for name in action.option_strings:
            assert name in done.stdout
    assert "Examples:" in done.stdout


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="trombine-s-") as folder:
        yield Path(folder) / "data"


def environment() -> dict[str, str]:
    """The environment without the variables of the test run. The models are shared."""
    unset = ("DJANGO_SETTINGS_MODULE", "TROMBINE_DATA", "PYTEST_XDIST_WORKER", "DATABASE_URL", "BROKER_URL")
    inherited = {key: value for key, value in os.environ.items() if key not in unset}
    return {**inherited, "TROMBINE_MODELS_DIR": str(settings.MODELS_DIR), "PYTHONUNBUFFERED": "1"}


def start(data: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "start", "--data", str(data), "--workers", "1", *arguments],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """Read the output up to the line that matches."""
    assert process.stdout is not None
    output = ""
    for line in process.stdout:
        output += line
        if found := re.search(pattern, line):
            return found
    pytest.fail(f"{pattern!r} is not in the output:\n{output}")


def get(url: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", "") or answer.read().decode()
    finally:
        connection.close()


def until_ready(url: str) -> None:
    """Wait until the worker is ready."""
    end = time.monotonic() + SECONDS_TO_WAIT
    while (answer := get(url, "/readyz"))[0] != 200:
        assert time.monotonic() < end, answer[1]
        time.sleep(0.2)


def processes_of(data: Path) -> list[str]:
    """The processes that still use the data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(data) in " ".join(process.cmdline()) or process.environ().get("TROMBINE_DATA") == str(
                data
            ):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


@pytest.mark.long
@pytest.mark.slow(30)
def test_from_nothing_to_a_page_through_a_kill_to_a_clean_stop(data: Path) -> None:
    first = start(data)
    try:
        url = read_until(first, r"runs at (http://\S+)")[1]
        link = read_until(first, r"first account:\s+http://[^/]+(/welcome/\S*)")[1]
        assert get(url, "/") == (302, "/welcome/")
        status, page = get(url, link)
        assert status == 200
        assert "password" in page
        until_ready(url)

        # A second start command on the same folder prints where the first one runs.
        second = start(data)
        assert second.stdout is not None
        assert url in second.stdout.read()
        second.stdout.close()
        assert second.wait(SECONDS_TO_WAIT) == 0

        for name in ("worker", "web"):
            record = pid_files.record(data / "run" / f"{name}.pid")
            assert record is not None
            os.kill(record.pid, signal.SIGKILL)
        os.kill(int((data / "postgres/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        for _ in range(3):
            read_until(first, r"was restarted")
        assert get(url, link)[0] == 200
    finally:
        begun = time.monotonic()
        first.send_signal(signal.SIGINT)
        rest, _ = first.communicate(timeout=SECONDS_TO_WAIT)
    assert "Stopped." in rest
    assert first.returncode == 0
    assert time.monotonic() - begun < 20
    assert processes_of(data) == []


@pytest.mark.long
@pytest.mark.slow(30)
def test_after_a_kill_of_all_processes_the_next_start_works(data: Path) -> None:
    first = start(data, "--exit")
    first.communicate(timeout=SECONDS_TO_WAIT)
    assert first.returncode == 0
    killed = start(data)
    url = read_until(killed, r"runs at (http://\S+)")[1]
    killed.kill()
    killed.communicate()
    again = start(data, "--port", url.rpartition(":")[2])
    try:
        assert read_until(again, r"runs at (http://\S+)")[1] == url
    finally:
        again.send_signal(signal.SIGTERM)
        again.communicate(timeout=SECONDS_TO_WAIT)
    assert again.returncode == 0
    assert processes_of(data) == []


def test_a_folder_that_is_not_there_is_an_error_before_anything_starts(data: Path) -> None:
    process = start(data, str(data / "nothing"))
    output, _ = process.communicate(timeout=SECONDS_TO_WAIT)
    assert process.returncode != 0
    assert "is not a folder" in output
    assert not data.exists() or not (data / "postgres").exists()
