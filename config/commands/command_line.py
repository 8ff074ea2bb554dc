"""What happens around a management command: data folder, settings, embedded services, and the last word.

When it cannot work it ends with one line that says what mends it, or with `--json` an object that does;
`--traceback` shows where it happened. What the exit codes mean: `config.commands.reporting`.
"""

import contextlib
import os
import signal
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any, NoReturn

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, CommandError, ManagementUtility, get_commands
from django.core.management.base import CommandParser, SystemCheckError
from django.db.utils import Error as DatabaseError
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from config import env
from config.commands import preparation, reporting
from config.commands.reporting import Exit
from config.local_services import connectivity, embedded, restore_marker
from config.local_services.broker import BrokerError
from config.local_services.postgres import PostgresError
from config.local_services.privileges import PrivilegesError

SERVICE_ERRORS = (
    embedded.EmbeddedError,
    BrokerError,
    PostgresError,
    PrivilegesError,
    connectivity.ServiceUnreachable,
    preparation.PreparationError,
)

# These need no database. `start` brings the services up itself, and shows that it does.
WITHOUT_SERVICES = frozenset({
    "help", "version", "start", "collectstatic", "findstatic", "diffsettings", "startapp", "startproject",
    "makemessages", "compilemessages", "fetch_models", "restore",
})  # fmt: skip

# These make the tables, look at how they are, or leave them to whoever types.
ON_ANY_TABLES = frozenset({
    "check", "dbshell", "inspectdb", "makemigrations", "migrate", "optimizemigration", "runserver", "shell",
    "showmigrations", "sqlflush", "sqlmigrate", "sqlsequencereset", "squashmigrations", "test", "testserver",
})  # fmt: skip

# What these write down while they work is what one wants to see of them.
TELL_EVERYTHING = frozenset({"start", "runserver", "testserver", "shell"})


def take_data_option(arguments: list[str]) -> None:
    """Put the value of `--data DIR` into TROMBINE_DATA: settings are read before any command sees it."""
    for index, argument in enumerate(arguments):
        if argument == "--":
            return
        if argument.startswith("--data="):
            os.environ["TROMBINE_DATA"] = argument.partition("=")[2]
        elif argument == "--data" and index + 1 < len(arguments):
            os.environ["TROMBINE_DATA"] = arguments[index + 1]


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A type for an option; a value outside `least`..`most` is answered as a variable's is (`config.env`)."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise ArgumentTypeError(f"it is {text!r}. Legal values: a whole number from {least} to {most}.")
        return number

    return read


def needs_services(arguments: list[str]) -> bool:
    """Whether the command in `arguments` (without the program's name) works on the database or the broker."""
    return (
        bool(arguments)
        and arguments[0] not in WITHOUT_SERVICES
        and not arguments[0].startswith("-")
        and not {"--help", "-h", "--version"} & set(arguments)
    )


def needs_tables(arguments: list[str]) -> bool:
    """Whether the command would meet columns that are not there when the tables are older than the code."""
    return needs_services(arguments) and arguments[0] not in ON_ANY_TABLES


def calm(arguments: list[str]) -> None:
    """Let a command that prints a result print that alone, and warnings, unless somebody chose otherwise."""
    if arguments and arguments[0] not in TELL_EVERYTHING:
        os.environ.setdefault("TROMBINE_LOG_LEVEL", "WARNING")


def main(argv: list[str]) -> None:
    """Run the management command in `argv`; the embedded services run around it when it needs them."""
    arguments = argv[1:]
    if arguments[:1] in (["start"], ["restore"]):
        take_data_option(arguments)
    if arguments[:1] != ["start"]:
        # `kill` ends a command as Ctrl-C does: what is half done is put in order, services are stopped.
        signal.signal(signal.SIGTERM, _interrupt)
    calm(arguments)
    try:
        _run(argv)
    except (*SERVICE_ERRORS, ImproperlyConfigured) as error:
        _end(arguments, str(error), code=_code_of(error))
    except CommandError as error:
        reporting.tell(error, json_wanted=reporting.wants_json(arguments))
        sys.exit(error.returncode)
    except (DatabaseError, BrokerAway, RedisError) as error:
        remedy = connectivity.remedy(error)
        if remedy is None or "--traceback" in arguments:
            raise
        _end(arguments, remedy, code=_code_of(error))
    except KeyboardInterrupt:
        _end(arguments, "Interrupted. Run it again.", code="interrupted", ends=Exit.INTERRUPTED)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _code_of(error: Exception) -> str:
    """The name of what stands in the way, for scripts."""
    match error:
        case ImproperlyConfigured():
            return "wrong_setting"
        case DatabaseError() | PostgresError():
            return "database"
        case BrokerAway() | RedisError() | BrokerError():
            return "broker"
        case preparation.PreparationError():
            return "not_prepared"
        case connectivity.ServiceUnreachable():
            return "not_reachable"
        case _:
            return "data_folder"


def _end(arguments: list[str], message: str, *, code: str, ends: Exit = Exit.CANNOT_NOW) -> NoReturn:
    failure = reporting.CommandFailure(message, code=code, ends=ends)
    reporting.tell(failure, json_wanted=reporting.wants_json(arguments))
    sys.exit(ends)


def _run(argv: list[str]) -> None:
    arguments = argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", env.settings_module())
    if needs_services(arguments) or arguments[:1] == ["start"]:
        require_whole_album()
    with embedded.services() if needs_services(arguments) else contextlib.nullcontext():
        if needs_tables(arguments):
            django.setup()
            if arguments[0] in get_commands():
                preparation.require_tables()
        _Utility(argv).execute()


def require_whole_album() -> None:
    """Raise `PreparationError` when a restore was broken off in the data folder."""
    if said := restore_marker.unfinished_restore(env.data_dir()):
        raise preparation.PreparationError(said)


class _Utility(ManagementUtility):
    """Django's, which calls the program as people do and ends an error with a line like all others'."""

    def __init__(self, argv: list[str]) -> None:
        super().__init__(argv)
        self.prog_name = "bin/manage"

    def fetch_command(self, subcommand: str) -> BaseCommand:
        command = super().fetch_command(subcommand)
        create_parser, execute = command.create_parser, command.execute

        def named(prog_name: str, subcommand: str, **options: Any) -> CommandParser:
            parser = create_parser(prog_name, subcommand, **options)
            parser.prog = "bin/start" if subcommand == "start" else f"bin/manage {subcommand}"
            return parser

        def ended(*arguments: Any, **options: Any) -> Any:
            try:
                return execute(*arguments, **options)
            except SystemCheckError as error:
                if not isinstance(command, reporting.ReportingCommand):
                    raise  # its lines are set by Django, one problem after the other
                # A model that is missing, as a rule: the hint says which command mends it.
                failed = reporting.cannot(str(error), code="checks_failed")
                reporting.tell(failed, json_wanted=bool(options.get("json")))
                sys.exit(Exit.CANNOT_NOW)
            except CommandError as error:
                if options.get("traceback"):
                    raise
                reporting.tell(error, json_wanted=bool(options.get("json")))
                sys.exit(error.returncode)

        # Of this one command, before Django calls them.
        command.create_parser = named  # type: ignore[method-assign]  # said above
        command.execute = ended  # type: ignore[method-assign]  # said above
        return command
