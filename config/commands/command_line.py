"""Entry point of all management commands: data folder, settings, embedded services and errors.

A command that cannot run prints what to do: a line, an object (`--json`) or a traceback (`--traceback`).
"""

import contextlib
import os
import signal
from argparse import ArgumentError, ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import NoReturn

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, get_commands
from django.db.utils import Error as DatabaseError
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from config import env
from config.commands import preparation
from config.commands.reporting import (
    CommandFailure,
    Exit,
    exit_with,
    unavailable,
    wants_json,
)
from config.local_services import connectivity, embedded
from config.local_services.errors import ServiceError
from config.local_services.restore_marker import unfinished_restore
from config.outages import Outage, outage_of

DISK_FULL = "The disk is full. Make room, and run it again: nothing that was stored is lost."

# Commands that need no database, and `start`, which starts the services with progress output.
WITHOUT_SERVICES = frozenset({
    "help", "version", "start", "collectstatic", "findstatic", "diffsettings", "startapp", "startproject",
    "makemessages", "compilemessages", "fetch_models", "restore", "upgrade_database",
    "spectacular",
})  # fmt: skip

# Commands that create or inspect tables, or leave them to the user.
WITHOUT_MIGRATIONS = frozenset({
    "check", "dbshell", "inspectdb", "makemigrations", "migrate", "optimizemigration", "runserver", "shell",
    "showmigrations", "sqlflush", "sqlmigrate", "sqlsequencereset", "squashmigrations", "test", "testserver",
})  # fmt: skip

# Commands of Django and libraries that run all system checks, but need none of the models that these want.
WITHOUT_MODELS = frozenset({
    "createsuperuser", "dumpdata", "flush", "loaddata", "makemigrations", "migrate", "spectacular",
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
    if arguments[:1] in (["start"], ["restore"], ["upgrade_database"]):
        apply_data_option(arguments)
    # SIGTERM, and SIGHUP unless it is ignored, end a command as Ctrl-C does, with all clean-up.
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    set_log_level(arguments)
    try:
        _run(argv)
    except ImproperlyConfigured as error:
        failure = unavailable(str(error), code="wrong_setting")
    except ServiceError as error:
        failure = unavailable(str(error), code=error.code)
    except (DatabaseError, BrokerError, RedisError) as error:
        message = connectivity.error_message(error)
        if message is None or "--traceback" in arguments:
            raise
        failure = unavailable(message, code="database" if isinstance(error, DatabaseError) else "broker")
    except OSError as error:
        if outage_of(error) is not Outage.DISK or "--traceback" in arguments:
            raise
        failure = unavailable(DISK_FULL, code="disk_full")
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
                preparation.require_fitting_tables()
        if arguments[:1] and arguments[0] in WITHOUT_MODELS and "--skip-checks" not in arguments:
            argv = [*argv, "--skip-checks"]
        utility = ManagementUtility(argv)
        utility.prog_name = "bin/manage"
        utility.execute()


def require_finished_restore() -> None:
    """Raise `PreparationError` when a restore into the data folder was interrupted."""
    if message := unfinished_restore(env.data_dir()):
        raise preparation.PreparationError(message)
