"""Runs the worker and the web server, starts them again when they die, and stops all of them together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from config.local_services import broker, embedded, locations, pid_files, postgres
from config.local_services.privileges import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_STOP = 12.0
# A process that lived this long was well: its next death is the first one again.
SECONDS_TO_BE_WELL = 60.0
LONGEST_PAUSE = 30.0
# So many deaths in a row, none of them after a minute of work: something is wrong that a start does not mend.
DEATHS_BEFORE_GIVING_UP = 5
LINES_TO_SHOW = 15


class ProcessError(Exception):
    """A part does not stay up; the message names its log."""


@dataclass(slots=True)
class Program:
    """A program to keep running: its name, command line, and what it wants in the environment."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    # How it is asked to stop. Celery gives unfinished work back on SIGQUIT, and waits for it on SIGTERM.
    stop_signal: signal.Signals = signal.SIGTERM
    # Called before each start.
    before: Callable[[], None] | None = None


@dataclass(slots=True)
class _Running:
    program: Program
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    next_start: float = 0.0


class Supervisor:
    """Keeps programs and the embedded services of a data folder running. `tick` does all the watching."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._running: dict[str, _Running] = {}
        self._services_seen = 0.0

    def log(self, name: str) -> Path:
        """The log file of a program."""
        return locations.log_folder(self.data_dir) / f"{name}.log"

    def _pid_file(self, name: str) -> Path:
        return locations.run_folder(self.data_dir) / f"{name}.pid"

    def stop_orphans(self) -> list[str]:
        """Stop what a killed supervisor of this data folder left running; return the names."""
        stopped = []
        for path in sorted(locations.run_folder(self.data_dir).glob("*.pid")):
            if path.stem == "broker":
                continue
            if _stop_group(path):
                stopped.append(path.stem)
            path.unlink(missing_ok=True)
        return stopped

    def start(self, program: Program) -> None:
        """Start a program, and keep it running from now on."""
        running = self._running[program.name] = _Running(program)
        self._launch(running)

    def _launch(self, running: _Running) -> None:
        program = running.program
        _stop_group(self._pid_file(program.name))
        if program.before is not None:
            program.before()
        parent = os.getpid()

        def prepare() -> None:
            die_with_parent(program.stop_signal)
            if os.getppid() != parent:
                os._exit(1)

        with self.log(program.name).open("ab") as output:
            running.child = subprocess.Popen(
                program.command,
                # "config" is found from here, wherever the person stands.
                cwd=ROOT,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=program.descriptors,
                # Ctrl-C reaches the supervisor alone, which stops the others in order.
                start_new_session=True,
                preexec_fn=prepare,  # noqa: PLW1509 - no threads here, and only system calls
            )
        running.started = time.monotonic()
        with contextlib.suppress(psutil.Error):
            pid_files.write(self._pid_file(program.name), running.child.pid)

    def tick(self) -> list[str]:
        """Look after everything once; return what was started again.

        Raises `ProcessError` when a program keeps dying, and what `embedded.ensure_running` raises.
        """
        again = self._mend_services()
        now = time.monotonic()
        for name, running in self._running.items():
            if running.child is not None and running.child.poll() is not None:
                self._mourn(name, running, now)
            if running.child is None and now >= running.next_start:
                self._launch(running)
                again.append(name)
        return again

    def _mourn(self, name: str, running: _Running, now: float) -> None:
        code = running.child.returncode if running.child else 0
        running.child = None
        well = now - running.started >= SECONDS_TO_BE_WELL
        # Killed from outside (by hand, or because memory was short) is not its own failure.
        running.deaths = 1 if well or code == -signal.SIGKILL else running.deaths + 1
        if running.deaths >= DEATHS_BEFORE_GIVING_UP:
            said = "\n".join(self.log(name).read_text(errors="replace").splitlines()[-LINES_TO_SHOW:])
            raise ProcessError(
                f"The {name} process ends again and again (exit code {code}).\n{said}\n"
                f"Its log: {self.log(name)}"
            )
        running.next_start = now + min(0.5 * 2 ** (running.deaths - 1), LONGEST_PAUSE)

    def _mend_services(self) -> list[str]:
        """Once a second: start an embedded service that was killed again."""
        if time.monotonic() - self._services_seen < 1.0:
            return []
        gone = (embedded.uses_postgres() and postgres.process(self.data_dir) is None) or (
            embedded.uses_broker() and broker.process(self.data_dir) is None
        )
        again = embedded.ensure_running(self.data_dir) if gone else []
        self._services_seen = time.monotonic()
        return again

    def stop(self) -> None:
        """Ask every program to stop, all at once, and kill those that do not."""
        children = [
            (running.program, running.child)
            for running in self._running.values()
            if running.child is not None
        ]
        for program, child in children:
            if child.poll() is None:
                child.send_signal(program.stop_signal)
        end = time.monotonic() + SECONDS_TO_STOP
        for program, child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, end - time.monotonic()))
            _kill_group(child.pid)
            child.wait()
            self._pid_file(program.name).unlink(missing_ok=True)
        self._running.clear()


def _group(leader: int) -> list[psutil.Process]:
    """The living members of the process group that `leader` made."""
    members = []
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error):
            if os.getpgid(process.pid) == leader and pid_files.alive(process):
                members.append(process)
    return members


def _kill_group(leader: int) -> None:
    for member in _group(leader):
        with contextlib.suppress(psutil.Error):
            member.kill()


def _stop_group(pid_file: Path) -> bool:
    """Stop the program that `pid_file` records, with all its children; whether there was anything to stop.

    The leader may be dead and its children not: they still are in its group. Group numbers are not given
    out again while a member lives, so a member that is older than the record belongs to somebody else.
    """
    if (leader := pid_files.read(pid_file)) is not None:
        number = leader.pid
        pid_files.stop(leader, how=signal.SIGQUIT, seconds=SECONDS_TO_STOP)
        _kill_group(number)
        return True
    if (record := pid_files.record(pid_file)) is None:
        return False
    orphans = [one for one in _group(record.pid) if one.create_time() >= record.created - pid_files.TICK]
    for orphan in orphans:
        with contextlib.suppress(psutil.Error):
            orphan.kill()
    return bool(orphans)


def worker(data_dir: Path, *, processes: int, queues: tuple[str, ...]) -> Program:
    """The Celery worker, with the clock that finds unfinished work."""
    schedule = locations.run_folder(data_dir) / "beat-schedule"
    # A killed clock can leave a damaged file; what it remembers is not worth a repair.
    for path in schedule.parent.glob(schedule.name + "*"):
        path.unlink()
    command = [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker", "--beat", "-s", str(schedule)),
        *("-Q", ",".join(queues), "--concurrency", str(processes)),
        *("--without-gossip", "--without-mingle"),
    ]
    # Each process has one core: threads inside it would only fight for the others'.
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ORT_NUM_THREADS")

    def before() -> None:
        if embedded.uses_broker():
            broker.give_back_unfinished(data_dir)

    return Program("worker", command, dict.fromkeys(threads, "1"), stop_signal=signal.SIGQUIT, before=before)


def web(descriptor: int, *, environment: dict[str, str]) -> Program:
    """The web server, on a listening socket that outlives it: a request waits while it is started again."""
    command = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"fd://{descriptor}"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", "8", "--timeout", "120"),
        *("--graceful-timeout", "4", "--no-control-socket", "--config", "python:config.gunicorn"),
    ]
    return Program("web", command, environment, descriptors=(descriptor,))
