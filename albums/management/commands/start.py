"""Run all of Trombine on this machine: services, worker and web server, under one roof."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from albums.management.entrance import entrance
from albums.management.importing import (
    database_may_restart,
    end_for_a_script,
    import_beside,
    owner_of_photos,
    show_until_finished,
    stages_of,
)
from config.commands import preparation
from config.commands.command_line import SERVICE_ERRORS, whole_number
from config.commands.reporting import Exit, Outcome, ReportingCommand, cannot, wrong
from config.commands.terminal import say, step
from config.local_services import connectivity, embedded, instance, listening, processes

DEFAULT_PORT = 8000
START_ERRORS = (
    *SERVICE_ERRORS,
    listening.PortError,
    processes.ProcessError,
)
SECONDS_TO_ANSWER = 60.0
SECONDS_BETWEEN_LOOKS = 0.5


class Command(ReportingCommand):
    help = (
        "Start Trombine: its services, its worker and its web server; with FOLDER, import the photos in it."
    )
    examples = """
  bin/start                            an empty album that asks for photos
  bin/start ~/Pictures                 the people in your pictures
  bin/start ~/Pictures --exit          the same for a script: ends when all is done
  bin/start ~/Pictures --exit --json   and says what came of it as JSON
  bin/start --data /srv/photos --host 0.0.0.0 --port 80
"""
    # Models may be missing and the database down: both are mended here.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="a folder of photos to import")
        parser.add_argument(
            "--port", type=whole_number(0, 65535), help=f"default {DEFAULT_PORT}, or the next free one"
        )
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        # Read by config.commands.command_line, before the settings.
        parser.add_argument("--data", metavar="DIR", help="where everything is kept")
        parser.add_argument("--owner", metavar="NAME", help="whose photos they are")
        parser.add_argument("--workers", type=whole_number(1, 256), help="processes that look at photos")
        parser.add_argument("--exit", action="store_true", help="stop when all is found and grouped")

    def work(self, **options: Any) -> Outcome:
        folder: Path | None = options["folder"]
        if options["json"] and not options["exit"]:
            raise wrong("--json needs --exit: without it there is no end of which to tell.")
        if folder is not None and not folder.expanduser().is_dir():
            raise wrong(f"{folder} is not a folder.", code="folder")
        options["folder"] = folder.expanduser().absolute() if folder else None
        _stop_on_signals()
        begun = False
        try:
            embedded.prepare_folder(settings.DATA_DIR)
            with instance.claim(settings.DATA_DIR) as ours, contextlib.ExitStack() as stack:
                # Last out of the stack: whatever happens, what was started is stopped, undisturbed.
                begun = ours
                return _Start(options, stack).run() if ours else _join(options)
        except KeyboardInterrupt:
            say("\nStopped." if begun else "")
            if options["exit"]:
                sys.exit(Exit.INTERRUPTED)
            return Outcome()
        except START_ERRORS as error:
            raise cannot(str(error), code="not_started") from error


def _stop_on_signals() -> None:
    """Let SIGTERM, and the end of the terminal, do what Ctrl-C does."""
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


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

    def run(self) -> Outcome:
        start, began = time.monotonic(), timezone.now()
        for name in self.supervisor.stop_orphans():
            say(f"Stopped a {name} process that was left over")
        # Before anything that takes long: a busy port ends it at once.
        listener = None if self.options["exit"] else self._listen()
        self._prepare()
        self.stack.callback(self.supervisor.stop)
        self.stack.enter_context(_undisturbed())
        url = "" if listener is None else self._open_page_early(listener)
        if url:
            self._start_worker()
            self._wait_for_page(url)
        folder = self.options["folder"]
        owner = owner_of_photos(self.options["owner"], folder_given=folder is not None)
        if url:
            say(f"\nTrombine runs at {url}   (data: {self.data_dir}; Ctrl-C stops it)")
            say(entrance(url, owner=owner, setup_token=self.token) + "\n")
        failed = import_beside(folder, owner, self._look_after) if folder and owner else 0
        if folder or self.options["exit"]:
            show_until_finished(owner, self._look_after, silent=self.options["no_progress"])
        if self.options["exit"]:
            seconds = time.monotonic() - start
            say(f"Finished in {seconds:.0f} s. To look at the people: bin/start")
            return end_for_a_script(owner, began=began, import_failed=failed, seconds=seconds)
        if folder:
            say(f"All done. Trombine runs at {url}. Ctrl-C stops it.")
        while True:
            self._look_after()
            time.sleep(0.25)

    def _prepare(self) -> None:
        with step("Database and broker"):
            self.stack.enter_context(embedded.services(self.data_dir))
            connectivity.require_broker()
        if preparation.migrations_wait():
            with step("Tables"):
                preparation.migrate()
        if wanting := preparation.models_wanting():
            with step("Models"):
                preparation.fetch_models(wanting)
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
        for name in self.supervisor.poll():
            say(f"The {name} process had ended and was started again")
        if not self.has_worker and time.monotonic() >= self.next_look:
            self.next_look = time.monotonic() + SECONDS_BETWEEN_LOOKS
            with database_may_restart():
                if not all(stage.finished for stage in stages_of(None)):
                    self._start_worker()

    def _listen(self) -> socket.socket:
        listener = listening.listen(self.options["host"], self.options["port"], default=DEFAULT_PORT)
        self.stack.callback(listener.close)
        return listener

    def _open_page_early(self, listener: socket.socket) -> str:
        """Start the web server, which loads while the worker does; return its address."""
        host, self.port = self.options["host"], listener.getsockname()[1]
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
            while not listening.responds(self.options["host"], self.port):
                self._look_after()
                if time.monotonic() > end:
                    raise cannot(
                        f"The web server does not answer. Its log: {self.supervisor.log('web')}",
                        code="no_answer",
                    )
                time.sleep(0.1)
        instance.publish(self.data_dir, instance.Address(url, self.token))


def _nothing() -> None:
    """The other start command looks after everything."""


def _join(options: dict[str, Any]) -> Outcome:
    """There is a start command on this data folder already: say where, and give it the photos."""
    start, began = time.monotonic(), timezone.now()
    address = instance.address(settings.DATA_DIR)
    say(f"Trombine already runs with this data folder{f' at {address.url}' if address else ''}.")
    folder = options["folder"]
    with embedded.services(settings.DATA_DIR):
        if address is None and folder is None and not options["exit"]:
            return Outcome()  # it is just starting, and will say for itself how to get in
        owner = owner_of_photos(options["owner"], folder_given=folder is not None)
        if address is not None:
            say(entrance(address.url, owner=owner, setup_token=address.setup_token))
        if folder is None and not options["exit"]:
            return Outcome()
        failed = import_beside(folder, owner, _nothing) if folder and owner else 0
        show_until_finished(owner, _nothing, silent=options["no_progress"])
        seconds = time.monotonic() - start
        return end_for_a_script(owner, began=began, import_failed=failed, seconds=seconds)
