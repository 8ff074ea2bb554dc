"""The supervisor, with minimal programs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.local_services import embedded, locations, pid_files, process_control, processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# A leader with a child, as a worker has.
FAMILY = [
    sys.executable,
    "-c",
    "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])",
]


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[processes.Supervisor]:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.setenv("BROKER_URL", "redis://elsewhere")
    embedded.prepare_folder(tmp_path)
    supervisor = processes.Supervisor(tmp_path)
    yield supervisor
    supervisor.stop()


def pid_of(supervisor: processes.Supervisor, name: str) -> int:
    process = pid_files.read(locations.run_folder(supervisor.data_dir) / f"{name}.pid")
    assert process is not None
    return int(process.pid)


def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "timeout"
        time.sleep(0.05)


def test_a_killed_program_is_restarted(supervisor: processes.Supervisor) -> None:
    supervisor.start(processes.Program("web", SLEEP))
    first = pid_of(supervisor, "web")
    os.kill(first, signal.SIGKILL)
    until(lambda: supervisor.poll() == ["web"])
    assert pid_of(supervisor, "web") != first


def test_a_program_can_leave_the_processor_to_others(supervisor: processes.Supervisor) -> None:
    supervisor.start(processes.Program("worker", SLEEP, niceness=3))
    found = psutil.Process(pid_of(supervisor, "worker"))
    until(lambda: found.nice() == psutil.Process().nice() + 3)


@pytest.mark.skipif(not process_control.AUTOGROUP.exists(), reason="this system has no groups of sessions")
def test_the_session_of_a_program_can_leave_the_processor_to_others(supervisor: processes.Supervisor) -> None:
    supervisor.start(processes.Program("worker", SLEEP, niceness=3))
    group = Path("/proc", str(pid_of(supervisor, "worker")), "autogroup")
    until(lambda: group.read_text().strip().endswith("nice 3"))


def test_a_program_that_keeps_crashing_is_reported_with_its_output(
    supervisor: processes.Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "MAX_RESTART_DELAY", 0.05)
    supervisor.start(
        processes.Program("worker", [sys.executable, "-c", "raise SystemExit('no models here')"])
    )
    with pytest.raises(processes.ProcessError, match=r"no models here[\s\S]*worker\.log"):
        until(lambda: supervisor.poll() == ["never"], seconds=30)


def test_stopping_includes_the_children_of_a_program(supervisor: processes.Supervisor) -> None:
    supervisor.start(processes.Program("worker", FAMILY))
    leader = psutil.Process(pid_of(supervisor, "worker"))
    until(leader.children)
    family = [leader, *leader.children()]
    supervisor.stop()
    until(lambda: not any(process_control.is_alive(one) for one in family))
    assert list(locations.run_folder(supervisor.data_dir).glob("*.pid")) == []


def test_processes_of_a_killed_supervisor_are_stopped(supervisor: processes.Supervisor) -> None:
    left = subprocess.Popen(SLEEP, start_new_session=True)
    pid_files.write(locations.run_folder(supervisor.data_dir) / "web.pid", left.pid)
    assert supervisor.stop_orphans() == ["web"]
    left.wait(5)


def test_children_of_a_killed_program_are_stopped_before_the_next_one_starts(
    supervisor: processes.Supervisor,
) -> None:
    supervisor.start(processes.Program("worker", FAMILY))
    leader = psutil.Process(pid_of(supervisor, "worker"))
    until(leader.children)
    children = leader.children()
    leader.kill()
    until(lambda: supervisor.poll() == ["worker"])
    until(lambda: not any(process_control.is_alive(one) for one in children))


def test_a_program_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from config.local_services import processes
supervisor = processes.Supervisor(Path({str(tmp_path)!r}))
supervisor.start(processes.Program("web", [sys.executable, "-c", "import time; time.sleep(60)"]))
print("up", flush=True)
time.sleep(60)
"""
    embedded.prepare_folder(tmp_path)
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    parent.stdout.readline()
    child = pid_files.read(locations.run_folder(tmp_path) / "web.pid")
    assert child is not None
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not process_control.is_alive(child))
