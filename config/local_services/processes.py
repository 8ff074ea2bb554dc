"""Supervision of the Celery worker and the web server: start, restart after a crash, stop together."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from config.local_services import (
    ballast,
    broker,
    embedded,
    locations,
    log_files,
    pid_files,
    process_control,
)
from config.local_services.errors import ServiceError
from config.local_services.privileges import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 12.0
# A process that ran for this long was stable: its next crash counts as the first.
STABLE_SECONDS = 60.0
MAX_RESTART_DELAY = 30.0
# A program that crashes this often without becoming stable is not restarted.
MAX_CRASHES = 5
LOG_LINES = 15
WORKER_NICENESS = 10
# Each process has one core: more threads would only compete for the others'.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ORT_NUM_THREADS"), "1"
)
# After a failed restart.
RETRY_SECONDS = 5.0
# Between looks at the sizes of logs.
TIDY_SECONDS = 60.0


class ProcessError(ServiceError):
    """A process keeps crashing; the message names its log."""


@dataclass(slots=True)
class Program:
    """A program to supervise."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    # Celery requeues unfinished tasks on SIGQUIT, and waits for them on SIGTERM.
    stop_signal: signal.Signals = signal.SIGTERM
    before_start: Callable[[], None] | None = None
    # What waits for the processor longer: people who look at pages go before work that takes its time.
    niceness: int = 0


@dataclass(slots=True)
class _Supervised:
    program: Program
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    crashes: int = 0
    next_start: float = 0.0


class Supervisor:
    """Keeps programs and the embedded services of a data folder running, at each call of `poll`."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._supervised: dict[str, _Supervised] = {}
        self._next_service_check = self._next_tidying = 0.0
        self._problems: list[str] = []
        self._reported: set[str] = set()

    def stop_orphans(self) -> list[str]:
        """Stop the processes that a killed supervisor of this data folder left behind; return their names."""
        stopped = []
        for path in sorted(locations.run_folder(self.data_dir).glob("*.pid")):
            if path.stem == "broker":
                continue
            if _stop_group(path):
                stopped.append(path.stem)
            path.unlink(missing_ok=True)
        return stopped

    def start(self, program: Program) -> None:
        """Start a program and supervise it."""
        supervised = self._supervised[program.name] = _Supervised(program)
        self._launch(supervised)

    def _launch(self, supervised: _Supervised) -> None:
        program = supervised.program
        pid_file = locations.pid_file(self.data_dir, program.name)
        _stop_group(pid_file)
        if program.before_start is not None:
            program.before_start()
        parent = os.getpid()

        def prepare() -> None:
            die_with_parent(program.stop_signal)
            if os.getppid() != parent:
                os._exit(1)
            if program.niceness:
                process_control.leave_processor(program.niceness)

        supervised.child = process_control.launch(
            program.command,
            log=locations.log_file(self.data_dir, program.name),
            # The package "config" is importable from here.
            cwd=ROOT,
            env={**os.environ, **program.environment},
            pass_fds=program.descriptors,
            preexec_fn=prepare,
        )
        supervised.started = time.monotonic()
        try:
            pid_files.write(pid_file, supervised.child.pid)
        except psutil.Error:
            pass  # it has ended
        except OSError as error:
            # It ends with this process, and is only not found after a kill of both.
            self._report(program.name, f"its process cannot be recorded: {error.strerror or error}.")

    def poll(self) -> list[str]:
        """Restart what has ended; return its names. Raises `ProcessError` for a program that keeps crashing.

        What prevents a restart, such as a full disk, is reported once and tried again.
        """
        self._tidy()
        restarted = self._restart_services()
        now = time.monotonic()
        for name, supervised in self._supervised.items():
            if supervised.child is not None and (code := supervised.child.poll()) is not None:
                self._record_exit(supervised, code, now)
            if supervised.child is None and now >= supervised.next_start:
                try:
                    self._launch(supervised)
                except (OSError, ServiceError) as error:
                    supervised.next_start = now + RETRY_SECONDS
                    self._report(name, str(error))
                else:
                    restarted.append(name)
        return restarted

    def take_problems(self) -> list[str]:
        """Return what prevents restarts, each sentence once."""
        problems, self._problems = self._problems, []
        return problems

    def _report(self, name: str, problem: str) -> None:
        if name not in self._reported:
            self._reported.add(name)
            hint = " The disk is full: make room." if ballast.is_disk_full(self.data_dir) else ""
            self._problems.append(f"{name}: {problem}{hint} It is attempted again.")

    def _tidy(self) -> None:
        """Rotate logs and restore the ballast, once a minute."""
        now = time.monotonic()
        if now < self._next_tidying:
            return
        self._next_tidying = now + TIDY_SECONDS
        try:
            log_files.rotate(self.data_dir / "logs")
            ballast.ensure(self.data_dir)
        except OSError as error:
            self._report("logs", f"{error}.")

    def _record_exit(self, supervised: _Supervised, code: int, now: float) -> None:
        supervised.child = None
        stable = now - supervised.started >= STABLE_SECONDS
        # A kill from outside, by a user or for lack of memory, is not the program's failure.
        supervised.crashes = 1 if stable or code == -signal.SIGKILL else supervised.crashes + 1
        if supervised.crashes >= MAX_CRASHES and not ballast.is_disk_full(self.data_dir):
            name = supervised.program.name
            log = locations.log_file(self.data_dir, name)
            output = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES:])
            raise ProcessError(
                f"The {name} process keeps crashing (exit code {code}).\n{output}\nIts log: {log}"
            )
        supervised.next_start = now + min(0.5 * 2 ** (supervised.crashes - 1), MAX_RESTART_DELAY)

    def _restart_services(self) -> list[str]:
        """Restart killed embedded services, checked once a second, and less often after a failure."""
        if time.monotonic() < self._next_service_check:
            return []
        pause = 1.0
        restarted: list[str] = []
        try:
            if embedded.is_down(self.data_dir):
                restarted = embedded.ensure_running(self.data_dir)
                self._reported.discard("services")
            embedded.make_room_for_connections(self.data_dir)
        except (OSError, ServiceError, psycopg.Error) as error:
            self._report("services", str(error))
            pause = RETRY_SECONDS
        self._next_service_check = time.monotonic() + pause
        return restarted

    def stop(self) -> None:
        """Stop all programs at the same time, and kill those that do not end."""
        children = [(one.program, one.child) for one in self._supervised.values() if one.child is not None]
        for program, child in children:
            child.send_signal(program.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        for program, child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
            process_control.kill(_group(child.pid))
            child.wait()
            locations.pid_file(self.data_dir, program.name).unlink(missing_ok=True)
        self._supervised.clear()


def _group(leader: int) -> list[psutil.Process]:
    """Return the living members of the process group of `leader`."""
    members = []
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error):
            if os.getpgid(process.pid) == leader and process_control.is_alive(process):
                members.append(process)
    return members


def _stop_group(pid_file: Path) -> bool:
    """Stop the recorded program with its children; return whether any was running.

    Children of a dead leader are still in its group. The system does not reuse a group number while a member
    lives, so a member older than the record belongs to another program.
    """
    if (leader := pid_files.read(pid_file)) is not None:
        process_control.stop(leader, how=signal.SIGQUIT, seconds=STOP_SECONDS)
        process_control.kill(_group(leader.pid))
        return True
    if (record := pid_files.record(pid_file)) is None:
        return False
    orphans = [one for one in _group(record.pid) if one.create_time() >= record.created - pid_files.TICK]
    process_control.kill(orphans)
    return bool(orphans)


def worker(data_dir: Path, *, processes: int, queues: tuple[str, ...]) -> Program:
    """Return the Celery worker, with beat, which finds unfinished work."""
    command = [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker", "--beat"),
        *("-Q", ",".join(queues), "--concurrency", str(processes)),
        *("--without-gossip", "--without-mingle"),
    ]

    def requeue() -> None:
        if embedded.uses_broker():
            broker.requeue_unacknowledged(data_dir)

    environment = {**ONE_THREAD, "TROMBINE_WORKERS": str(processes)}
    return Program(
        "worker",
        command,
        environment,
        stop_signal=signal.SIGQUIT,
        before_start=requeue,
        niceness=WORKER_NICENESS,
    )


def web(data_dir: Path, *, descriptor: int, processes: int, environment: dict[str, str]) -> Program:
    """Return the web server. Its socket stays open during a restart, so that requests wait."""
    # Where the processes merge their metrics.
    metrics = locations.run_folder(data_dir) / "metrics"
    command = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"fd://{descriptor}"),
        *("--workers", str(processes), "--config", "python:config.gunicorn"),
    ]

    def empty_metrics() -> None:
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(mode=0o700, parents=True)

    return Program(
        "web",
        command,
        {**ONE_THREAD, **environment, "PROMETHEUS_MULTIPROC_DIR": str(metrics)},
        descriptors=(descriptor,),
        before_start=empty_metrics,
    )
