"""Command `start`: all of Trombine on this machine, with services, worker and web server."""

import contextlib
import os
import secrets
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from albums.management.accounts import sign_in_hint
from albums.management.import_progress import (
    all_stages,
    import_and_wait,
    owner_for_import,
    tolerate_database_restart,
)
from config.commands import preparation
from config.commands.command_line import number_within
from config.commands.reporting import Exit, ReportingCommand, Result, unavailable, usage_error
from config.commands.terminal import echo, step
from config.local_services import (
    connectivity,
    embedded,
    instance,
    listening,
    locations,
    process_control,
    processes,
    public_url,
)
from config.local_services.errors import ServiceError

DEFAULT_PORT = 8000
PAGE_SECONDS = 60.0
# Interval of checks for work, before the worker runs.
CHECK_SECONDS = 0.5


class Command(ReportingCommand):
    help = "Start Trombine: services, worker and web server; with FOLDER, import the photos in it."
    examples = """
  bin/start                            an empty library that asks for photos
  bin/start ~/Pictures                 the people in your pictures
  bin/start ~/Pictures --exit          the same for a script: ends when all is done
  bin/start ~/Pictures --exit --json   and prints the summary as JSON
  bin/start --data /srv/photos --host 0.0.0.0 --port 80
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="a folder of photos to import")
        parser.add_argument(
            "--port", type=number_within(0, 65535), help=f"default {DEFAULT_PORT}, or the next free one"
        )
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        # Read by config.commands.command_line, before the settings.
        parser.add_argument("--data", metavar="DIR", help="the data folder")
        parser.add_argument("--owner", metavar="NAME", help="the owner of the photos")
        parser.add_argument("--workers", type=number_within(1, 256), help="processes of the worker")
        parser.add_argument("--exit", action="store_true", help="stop when all faces are found and grouped")

    def run(self, **options: Any) -> Result:
        folder: Path | None = options["folder"]
        if options["json"] and not options["exit"]:
            raise usage_error("--json needs --exit: otherwise there is no result.")
        if folder is not None and not folder.expanduser().is_dir():
            raise usage_error(f"{folder} is not a folder.", code="folder")
        options |= {"folder": folder.expanduser().absolute() if folder else None, "since": timezone.now()}
        claimed = False
        try:
            embedded.prepare_folder(settings.DATA_DIR)
            with instance.claim(settings.DATA_DIR) as claimed, contextlib.ExitStack() as stack:
                return _Start(options, stack).run() if claimed else _join(options)
        except KeyboardInterrupt:
            echo("\nStopped." if claimed else "")
            if options["exit"]:
                sys.exit(Exit.INTERRUPTED)
            return Result()
        except ServiceError as error:
            raise unavailable(str(error), code="not_started") from error


def _ignore_signals() -> None:
    """Ignore further signals while the processes stop."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


class _Start:
    """The start command on a data folder that no other one runs."""

    def __init__(self, options: dict[str, Any], stack: contextlib.ExitStack) -> None:
        self.options = options
        self.stack = stack
        self.data_dir: Path = settings.DATA_DIR
        self.supervisor = processes.Supervisor(self.data_dir)
        self.has_worker = False
        self.next_check = 0.0

    def run(self) -> Result:
        for name in self.supervisor.stop_orphans():
            echo(f"Stopped a {name} process of an earlier run")
        # First of all, so that a busy port fails at once.
        listener = None if self.options["exit"] else self._listen()
        self._prepare()
        self.stack.callback(self.supervisor.stop)
        self.stack.callback(_ignore_signals)
        url = ""
        if listener is not None:
            url = self._start_web_server(listener)
            self._start_worker()
            self._wait_for_page(url)
        folder = self.options["folder"]
        owner = owner_for_import(self.options["owner"], folder_given=folder is not None)
        if url:
            echo(f"\nTrombine runs at {url}   (data: {self.data_dir}; Ctrl-C stops it)")
            if hint := public_url.proxy_hint(self.local_url, url):
                echo(hint)
            echo(sign_in_hint(url, owner=owner, setup_token=self.token) + "\n")
        if folder or self.options["exit"]:
            result = import_and_wait(self.options, owner, self._poll)
            if self.options["exit"]:
                echo(f"Finished in {result.data['seconds']:.0f} s. To see the people: bin/start")
                return result
            echo(f"All done. Trombine runs at {url}. Ctrl-C stops it.")
        while True:
            self._poll()
            time.sleep(0.25)

    def _prepare(self) -> None:
        with step("Database and broker"):
            self.stack.enter_context(embedded.services(self.data_dir))
            connectivity.require_broker()
        if preparation.has_pending_migrations():
            with step("Tables"):
                call_command("migrate", verbosity=0, interactive=False)
        preparation.require_fitting_tables()
        if missing := [*preparation.missing_models(), *preparation.missing_optional_models()]:
            with step("Models"):
                preparation.fetch_models(missing)
        if not settings.DEBUG and not self.options["exit"]:
            static = preparation.StaticFiles()
            if static.stale:
                with step("Static files"):
                    static.collect()

    def _start_worker(self) -> None:
        count = self.options["workers"] or settings.WORKERS
        self.supervisor.start(processes.worker(self.data_dir, processes=count, queues=settings.QUEUES))
        self.has_worker = True

    def _poll(self) -> None:
        """Restart dead processes. With --exit, start the worker only when there is work."""
        for name in self.supervisor.poll():
            echo(f"The {name} process had ended and was restarted")
        for problem in self.supervisor.take_problems():
            echo(problem)
        if not self.has_worker and time.monotonic() >= self.next_check:
            self.next_check = time.monotonic() + CHECK_SECONDS
            with tolerate_database_restart():
                if not all(stage.finished for stage in all_stages(None)):
                    self._start_worker()

    def _listen(self) -> socket.socket:
        listener = listening.listen(self.options["host"], self.options["port"], default=DEFAULT_PORT)
        self.stack.callback(listener.close)
        return listener

    def _start_web_server(self, listener: socket.socket) -> str:
        """Start the web server, which loads while the worker does, and return its URL for users."""
        host, self.port = self.options["host"], listener.getsockname()[1]
        environment = {}
        if not os.environ.get("TROMBINE_ALLOWED_HOSTS"):
            environment["TROMBINE_ALLOWED_HOSTS"] = ",".join(listening.names(host))
        self.token = settings.SETUP_TOKEN
        if not listening.is_loopback(host) and not self.token:
            # Other machines reach the page: only readers of this terminal may create the first account.
            self.token = secrets.token_urlsafe(16)
        if self.token:
            environment["TROMBINE_SETUP_TOKEN"] = self.token
        self.supervisor.start(
            processes.web(
                self.data_dir,
                descriptor=listener.fileno(),
                processes=settings.WEB_PROCESSES,
                environment=environment,
            )
        )
        self.local_url = listening.url(host, self.port)
        return public_url.public_url(self.local_url)

    def _wait_for_page(self, url: str) -> None:
        def responds() -> bool:
            self._poll()
            return listening.responds(self.options["host"], self.port)

        with step("Web server and worker"):
            if not process_control.wait_until(responds, seconds=PAGE_SECONDS):
                message = (
                    f"The web server does not answer. Its log: {locations.log_file(self.data_dir, 'web')}"
                )
                raise unavailable(message, code="no_answer")
        instance.publish(self.data_dir, instance.Address(url, self.token))


def _join(options: dict[str, Any]) -> Result:
    """Print where the other start command of this data folder runs, and import the photos."""
    address = instance.address(settings.DATA_DIR)
    echo(f"Trombine already runs with this data folder{f' at {address.url}' if address else ''}.")
    folder = options["folder"]
    with embedded.services(settings.DATA_DIR):
        if address is None and folder is None and not options["exit"]:
            return Result()  # it is starting, and will print the hint itself
        owner = owner_for_import(options["owner"], folder_given=folder is not None)
        if address is not None:
            echo(sign_in_hint(address.url, owner=owner, setup_token=address.setup_token))
        if folder is None and not options["exit"]:
            return Result()
        return import_and_wait(options, owner, lambda: None)
