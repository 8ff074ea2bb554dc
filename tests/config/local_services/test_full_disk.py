"""The services and the supervisor on a disk that is full, which is a small file system of memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.local_services import ballast, broker, embedded, locations, pid_files, postgres, processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def mounted(size: str) -> Iterator[Path]:
    """Yield a folder of a file system of its own; skip the test where that is not allowed."""
    with tempfile.TemporaryDirectory(prefix="trombine-d-") as folder:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder]
        if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("this account cannot mount a file system")
        try:
            yield Path(folder) / "data"
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder with 4 MB, without services."""
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.setenv("BROKER_URL", "redis://elsewhere")
    yield from mounted("4m")


@pytest.fixture
def with_services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder with room for the services, a ballast, and little else."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("BROKER_URL", raising=False)
    monkeypatch.setenv("TROMBINE_RESERVE_MB", "16")
    yield from mounted("300m")


def fill(folder: Path) -> Path:
    """Write a file that takes all of the disk."""
    file = folder / "fills-the-disk"
    with file.open("wb", buffering=0) as target:
        try:
            while target.write(b"\0" * 2**16):
                pass
        except OSError:
            pass
    return file


def test_a_program_is_restarted_on_a_full_disk(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "MAX_RESTART_DELAY", 0.05)
    embedded.prepare_folder(small)
    supervisor = processes.Supervisor(small)
    fill(small)
    try:
        supervisor.start(processes.Program("web", [sys.executable, "-c", "raise SystemExit('no room')"]))
        deadline, restarts = time.monotonic() + 30, 0
        # More often than a program may crash where there is room.
        while restarts <= processes.MAX_CRASHES:
            assert time.monotonic() < deadline
            restarts += len(supervisor.poll())
            time.sleep(0.05)
        (problem,) = supervisor.take_problems()
        assert "The disk is full: make room." in problem
        assert supervisor.take_problems() == []
    finally:
        supervisor.stop()


@pytest.mark.long
@pytest.mark.slow(15)
def test_services_restart_on_a_full_disk_and_the_ballast_follows_when_there_is_room(
    with_services: Path,
) -> None:
    data = with_services
    with embedded.services(data):
        supervisor = processes.Supervisor(data)
        assert ballast.path(data).stat().st_size == ballast.BALLAST_BYTES
        filler = fill(data)
        for server in (postgres.process(data), broker.process(data)):
            assert server is not None
            server.kill()
            server.wait(10)
        deadline = time.monotonic() + 60
        while embedded.is_down(data):
            supervisor.poll()
            assert time.monotonic() < deadline, supervisor.take_problems()
        assert not ballast.path(data).exists()
        with postgres.connect(data) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert pid_files.read(locations.pid_file(data, "broker"))
        filler.unlink()
        supervisor = processes.Supervisor(data)
        supervisor.poll()
        assert ballast.path(data).exists()


@pytest.mark.long
@pytest.mark.slow(15)
def test_the_database_can_be_reached_on_a_full_disk_after_its_catalog_changed(with_services: Path) -> None:
    data, name = with_services, locations.DATABASE_NAME
    with embedded.services(data):
        supervisor = processes.Supervisor(data)
        postgres.connect(data, name).close()
        fill(data)
        supervisor.poll()
        assert ballast.path(data).exists()
        for copy in (data / "postgres").rglob("pg_internal.init"):
            copy.unlink()
        fill(data)
        with pytest.raises(psycopg.OperationalError, match="No space left"):
            postgres.connect(data, name)
        processes.Supervisor(data).poll()
        with postgres.connect(data, name) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert not ballast.path(data).exists()
