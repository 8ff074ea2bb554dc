"""Entry point of all management commands: data folder, settings, embedded services and errors.

A command that cannot run ends with one line that says what to do, or with `--json` in an object;
`--traceback` shows the traceback instead.
"""

import contextlib
import os
import signal
from argparse import ArgumentError, ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any, NoReturn

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, CommandError, ManagementUtility, get_commands
from django.core.management.base import CommandParser, SystemCheckError
from django.db.utils import Error as DatabaseError
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from config import env
from config.commands import preparation
from config.commands.reporting import (
    CommandFailure,
    Exit,
    ReportingCommand,
    exit_with,
    unavailable,
    wants_json,
)
from config.local_services import connectivity, embedded
from config.local_services.errors import ServiceError
from config.local_services.restore_marker import unfinished_restore

# Commands that need no database, and `start`, which starts the services with progress output.
WITHOUT_SERVICES = frozenset({
    "help", "version", "start", "collectstatic", "findstatic", "diffsettings", "startapp", "startproject",
    "makemessages", "compilemessages", "fetch_models", "restore",
})  # fmt: skip

# Commands that create or inspect tables, or leave them to the user.
WITHOUT_MIGRATIONS = frozenset({
    "check", "dbshell", "inspectdb", "makemigrations", "migrate", "optimizemigration", "runserver", "shell",
    "showmigrations", "sqlflush", "sqlmigrate", "sqlsequencereset", "squashmigrations", "test", "testserver",
})  # fmt: skip

# Commands whose log is of interest while they run.
WITH_LOG = frozenset({"start", "runserver", "testserver", "shell"})


def apply_data_option(arguments: list[str]) -> None:
    """Set TROMBINE_DATA to the value of `--data DIR`, before the settings are read."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--data")
    # The command itself reports a missing value.
    with contextlib.suppress(ArgumentError):
        if (folder := parser.parse_known_args(arguments)[0].data) is not None:
            os.environ["TROMBINE_DATA"] = folder


def number_within(minimum: env.Number, maximum: env.Number) -> Callable[[str], env.Number]:
    """Return an argparse type for numbers within bounds, whole ones if they are."""

    def parse(text: str) -> env.Number:
        try:
            return env.parse_number(text, minimum, maximum)
        except ValueError as error:
            raise ArgumentTypeError(f"{text!r} is not {error}.") from error

    return parse


def needs_services(arguments: list[str]) -> bool:
    """Return whether the command, the first argument, uses the database or the broker."""
    return (
        bool(arguments)
        and arguments[0] not in WITHOUT_SERVICES
        and not arguments[0].startswith("-")
        and not {"--help", "-h", "--version"} & set(arguments)
    )


def needs_migrations(arguments: list[str]) -> bool:
    """Return whether the command fails on tables that are older than the code."""
    return needs_services(arguments) and arguments[0] not in WITHOUT_MIGRATIONS


def set_log_level(arguments: list[str]) -> None:
    """Log warnings only, for commands that print a result, unless the environment sets a level."""
    if arguments and arguments[0] not in WITH_LOG:
        os.environ.setdefault("TROMBINE_LOG_LEVEL", "WARNING")


def main(argv: list[str]) -> None:
    """Run the management command in `argv`, with the embedded services if it needs them."""
    arguments = argv[1:]
    if arguments[:1] in (["start"], ["restore"]):
        apply_data_option(arguments)
    if arguments[:1] != ["start"]:
        # SIGTERM ends a command as Ctrl-C does, with all clean-up.
        signal.signal(signal.SIGTERM, _interrupt)
    set_log_level(arguments)
    failure: CommandError
    try:
        _run(argv)
    except CommandError as error:
        failure = error
    except ImproperlyConfigured as error:
        failure = unavailable(str(error), code="wrong_setting")
    except ServiceError as error:
        failure = unavailable(str(error), code=error.code)
    except (DatabaseError, BrokerError, RedisError) as error:
        remedy = connectivity.remedy(error)
        if remedy is None or "--traceback" in arguments:
            raise
        failure = unavailable(remedy, code="database" if isinstance(error, DatabaseError) else "broker")
    except KeyboardInterrupt:
        failure = CommandFailure("Interrupted. Run it again.", code="interrupted", exit_code=Exit.INTERRUPTED)
    else:
        return
    exit_with(failure, json_output=wants_json(arguments))


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _run(argv: list[str]) -> None:
    arguments = argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", env.settings_module())
    if needs_services(arguments) or arguments[:1] == ["start"]:
        require_finished_restore()
    with embedded.services() if needs_services(arguments) else contextlib.nullcontext():
        if needs_migrations(arguments):
            django.setup()
            if arguments[0] in get_commands():
                preparation.require_migrations()
        _Utility(argv).execute()


def require_finished_restore() -> None:
    """Raise `PreparationError` when a restore into the data folder was interrupted."""
    if message := unfinished_restore(env.data_dir()):
        raise preparation.PreparationError(message)


class _Utility(ManagementUtility):
    """Django's utility, with the program's name in help texts and our format of errors."""

    def __init__(self, argv: list[str]) -> None:
        super().__init__(argv)
        self.prog_name = "bin/manage"

    def fetch_command(self, subcommand: str) -> BaseCommand:
        command = super().fetch_command(subcommand)
        create_parser, execute = command.create_parser, command.execute

        def create_named_parser(prog_name: str, subcommand: str, **options: Any) -> CommandParser:
            parser = create_parser(prog_name, subcommand, **options)
            parser.prog = "bin/start" if subcommand == "start" else f"bin/manage {subcommand}"
            return parser

        def execute_and_exit(*arguments: Any, **options: Any) -> Any:
            try:
                return execute(*arguments, **options)
            except CommandError as error:
                failed_checks = isinstance(error, SystemCheckError)
                if options.get("traceback") or (failed_checks and not isinstance(command, ReportingCommand)):
                    raise
                # The hint of a failed check names the command that fixes it.
                failure = unavailable(str(error), code="checks_failed") if failed_checks else error
                exit_with(failure, json_output=bool(options.get("json")))

        # Of this command object only.
        command.create_parser = create_named_parser  # type: ignore[method-assign]  # see above
        command.execute = execute_and_exit  # type: ignore[method-assign]  # see above
        return command
