"""Run all of Trombine on this machine: services, worker and web server, under one roof."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connection

from albums.services import accounts
from albums.services.progress import Stage, stages
from config import embedded, listening, preparation, processes, running
from config.command_line import SERVICE_ERRORS
from config.terminal import StageBoard, say, step

DEFAULT_PORT = 8000
START_ERRORS = (
    *SERVICE_ERRORS,
    listening.PortError,
    preparation.PreparationError,
    processes.ProcessError,
)
# The longest task ends after ten minutes, so this long without any change means that nothing works any more.
SECONDS_WITHOUT_CHANGE = 1200.0
SECONDS_TO_ANSWER = 60.0
SECONDS_BETWEEN_LOOKS = 0.5


class Command(BaseCommand):
    help = (
        "Start Trombine: its services, its worker and its web server; with FOLDER, import the photos in it."
    )
    # Models may be missing and the database down: both are mended here.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="a folder of photos to import")
        parser.add_argument("--port", type=int, help=f"default {DEFAULT_PORT}, or the next free one")
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        # Read by config.command_line, before the settings.
        parser.add_argument("--data", metavar="DIR", help="where everything is kept")
        parser.add_argument("--owner", metavar="NAME", help="whose photos they are")
        parser.add_argument("--workers", type=int, help="processes that look at photos")
        parser.add_argument("--exit", action="store_true", help="stop when all is found and grouped")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = options["folder"]
        if folder is not None and not folder.expanduser().is_dir():
            raise CommandError(f"{folder} is not a folder.")
        if options["workers"] is not None and options["workers"] < 1:
            raise CommandError(f"--workers is {options['workers']}. Legal values: 1 or more.")
        options["folder"] = folder.expanduser().absolute() if folder else None
        _stop_on_signals()
        begun = False
        try:
            embedded.prepare_folder(settings.DATA_DIR)
            with running.claim(settings.DATA_DIR) as ours, contextlib.ExitStack() as stack:
                # Last out of the stack: whatever happens, what was started is stopped, undisturbed.
                begun = ours
                _Start(options, stack).run() if ours else _join(options)
        except KeyboardInterrupt:
            say("\nStopped." if begun else "")
            if options["exit"]:
                sys.exit(128 + signal.SIGINT)
        except START_ERRORS as error:
            raise CommandError(str(error)) from error


def _stop_on_signals() -> None:
    """Let SIGTERM, and the end of the terminal, do what Ctrl-C does."""
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _database_may_restart() -> Iterator[None]:
    """Survive the death of the database under a query; the supervisor starts it again."""
    try:
        yield
    except (OperationalError, InterfaceError):
        connection.close()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave the enclosing stack without being interrupted half-way."""
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)


class _Start:
    """One run of the command on a data folder that nobody else runs."""

    def __init__(self, options: dict[str, Any], stack: contextlib.ExitStack) -> None:
        self.options = options
        self.stack = stack
        self.data_dir: Path = settings.DATA_DIR
        self.supervisor = processes.Supervisor(self.data_dir)
        self.has_worker = False
        self.next_look = 0.0

    def run(self) -> None:
        start = time.monotonic()
        for name in self.supervisor.stop_orphans():
            say(f"Stopped a {name} process that was left over")
        self._prepare()
        self.stack.callback(self.supervisor.stop)
        self.stack.enter_context(_undisturbed())
        url = "" if self.options["exit"] else self._open_page_early()
        if url:
            self._start_worker()
            self._wait_for_page(url)
        folder = self.options["folder"]
        owner = _owner(self.options["owner"], folder_given=folder is not None)
        if url:
            self._welcome(url, owner)
        failed = _import(folder, owner, self._look_after) if folder and owner else 0
        if folder or self.options["exit"]:
            _show_until_finished(owner, self._look_after)
        if self.options["exit"]:
            say(f"Finished in {time.monotonic() - start:.0f} s. To look at the people: bin/start")
            if failed:
                raise CommandError(f"The import ended with exit code {failed}.")
            return
        if folder:
            say(f"All done. Trombine runs at {url}. Ctrl-C stops it.")
        while True:
            self._look_after()
            time.sleep(0.25)

    def _prepare(self) -> None:
        with step("Database and broker"):
            self.stack.enter_context(embedded.services(self.data_dir))
        if preparation.migrations_wait():
            with step("Tables"):
                preparation.migrate()
        if preparation.models_wait():
            with step("Models"):
                preparation.fetch_models()
        if not settings.DEBUG and not self.options["exit"]:
            static = preparation.StaticFiles()
            if static.stale:
                with step("Files of the pages"):
                    static.collect()

    def _start_worker(self) -> None:
        count = self.options["workers"] or settings.WORKERS
        self.supervisor.start(processes.worker(self.data_dir, processes=count, queues=settings.QUEUES))
        self.has_worker = True

    def _look_after(self) -> None:
        """Mend what died. With --exit, the worker starts when there is work: a second run has none."""
        for name in self.supervisor.tick():
            say(f"The {name} process had ended and was started again")
        if not self.has_worker and time.monotonic() >= self.next_look:
            self.next_look = time.monotonic() + SECONDS_BETWEEN_LOOKS
            with _database_may_restart():
                if not all(stage.finished for stage in _stages(None)):
                    self._start_worker()

    def _open_page_early(self) -> str:
        """Start the web server, which loads while the worker does; return its address."""
        host = self.options["host"]
        listener = listening.listen(host, self.options["port"], default=DEFAULT_PORT)
        self.stack.callback(listener.close)
        self.port = listener.getsockname()[1]
        environment = {}
        if not os.environ.get("TROMBINE_ALLOWED_HOSTS"):
            environment["TROMBINE_ALLOWED_HOSTS"] = ",".join(listening.names(host))
        self.token = settings.SETUP_TOKEN
        if not listening.is_loopback(host) and not self.token:
            # Others can reach the page: only who reads this terminal may make the first account.
            self.token = secrets.token_urlsafe(16)
        if self.token:
            environment["TROMBINE_SETUP_TOKEN"] = self.token
        self.supervisor.start(processes.web(listener.fileno(), environment=environment))
        return listening.url(host, self.port)

    def _wait_for_page(self, url: str) -> None:
        with step("Web server and worker"):
            end = time.monotonic() + SECONDS_TO_ANSWER
            while not listening.answers(self.options["host"], self.port):
                self._look_after()
                if time.monotonic() > end:
                    raise CommandError(
                        f"The web server does not answer. Its log: {self.supervisor.log('web')}"
                    )
                time.sleep(0.1)
        running.publish(self.data_dir, url)

    def _welcome(self, url: str, owner: User | None) -> None:
        """Print the address, and the link that opens it for somebody who has no password yet."""
        say(f"\nTrombine runs at {url}   (data: {self.data_dir}; Ctrl-C stops it)")
        alone = owner or User.objects.filter(is_active=True).first()
        if alone is None:
            token = f"?token={self.token}" if self.token else ""
            say(f"Make the first account:  {url}/welcome/{token}")
        elif not alone.has_usable_password():
            say(f"Sign in, once, as {alone.username}:  {url}/sign-in/once/{accounts.one_time_token(alone)}/")
        say()


def _owner(name: str | None, *, folder_given: bool) -> User | None:
    """Whose photos are meant; the first account is made when photos come and there is none."""
    users = User.objects.filter(is_active=True).order_by("pk")
    if not users.exists():
        return accounts.owner_create_first(username=name or accounts.OWNER) if folder_given else None
    chosen = list(users.filter(username=name) if name else users[:2])
    if len(chosen) == 1:
        return chosen[0]
    if not folder_given and not name:
        return None
    known = ", ".join(users.values_list("username", flat=True)[:20])
    raise CommandError(f"Whose photos are they? Say --owner NAME, with one of: {known}.")


def _import(folder: Path, owner: User, look_after: Callable[[], None]) -> int:
    """Import in a process of its own, so that this one can look after the others; return its exit code."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_folder", str(folder)]
    command += ["--owner", owner.username]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as importer:
        try:
            while importer.poll() is None:
                look_after()
                time.sleep(0.1)
        except BaseException:
            importer.terminate()
            raise
    return importer.returncode


def _stages(owner: User | None) -> list[Stage]:
    if owner is not None:
        return stages(owner.pk)
    owners = User.objects.filter(images__isnull=False).distinct().order_by("pk")
    return [stage for one in owners for stage in stages(one.pk)]


def _show_until_finished(owner: User | None, look_after: Callable[[], None]) -> None:
    """Show the stages until nothing is left to do, at two looks in a row: one stage may fill the next."""
    board, finished, changed = StageBoard(sys.stdout), 0, time.monotonic()
    last: list[Stage] = []
    while finished < 2:
        look_after()
        now = [*last, Stage(name="wait", label="Waiting for the database", done=0, total=1)]
        with _database_may_restart():
            now = _stages(owner)
        finished = finished + 1 if all(stage.finished for stage in now) else 0
        if now != last:
            changed = time.monotonic()
        elif time.monotonic() - changed > SECONDS_WITHOUT_CHANGE:
            raise CommandError("Nothing has moved for a long time. The worker's log is in the data folder.")
        last = now
        if now:
            board.show(list(now), final=finished == 2)
        time.sleep(0.3)


def _nothing() -> None:
    """The other start command looks after everything."""


def _join(options: dict[str, Any]) -> None:
    """There is a start command on this data folder already: say where, and give it the photos."""
    url = running.address(settings.DATA_DIR)
    say(f"Trombine already runs with this data folder{f' at {url}' if url else ''}.")
    folder = options["folder"]
    if folder is None and not options["exit"]:
        return
    with embedded.services(settings.DATA_DIR):
        owner = _owner(options["owner"], folder_given=folder is not None)
        failed = _import(folder, owner, _nothing) if folder and owner else 0
        _show_until_finished(owner, _nothing)
    if failed:
        raise CommandError(f"The import ended with exit code {failed}.")
