"""What happens around a management command: the data folder, the settings, and the embedded services."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config import embedded, env
from config.broker_server import BrokerError
from config.postgres_server import PostgresError
from config.privileges import PrivilegesError

SERVICE_ERRORS = (embedded.EmbeddedError, BrokerError, PostgresError, PrivilegesError)

# These need no database. `start` brings the services up itself, and shows that it does.
WITHOUT_SERVICES = frozenset({
    "help", "version", "start", "collectstatic", "findstatic", "diffsettings", "startapp", "startproject",
    "makemessages", "compilemessages", "fetch_models",
})  # fmt: skip


def take_data_option(arguments: list[str]) -> None:
    """Put the value of `--data DIR` into TROMBINE_DATA: settings are read before any command sees it."""
    for index, argument in enumerate(arguments):
        if argument == "--":
            return
        if argument.startswith("--data="):
            os.environ["TROMBINE_DATA"] = argument.partition("=")[2]
        elif argument == "--data" and index + 1 < len(arguments):
            os.environ["TROMBINE_DATA"] = arguments[index + 1]


def needs_services(arguments: list[str]) -> bool:
    """Whether the command in `arguments` (without the program's name) works on the database or the broker."""
    return (
        bool(arguments)
        and arguments[0] not in WITHOUT_SERVICES
        and not arguments[0].startswith("-")
        and not {"--help", "-h", "--version"} & set(arguments)
    )


def main(argv: list[str]) -> None:
    """Run the management command in `argv`; the embedded services run around it when it needs them."""
    arguments = argv[1:]
    if arguments[:1] == ["start"]:
        take_data_option(arguments)
    try:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", env.settings_module())
        if needs_services(arguments):
            with embedded.services():
                execute_from_command_line(argv)
        else:
            execute_from_command_line(argv)
    except SERVICE_ERRORS as error:
        sys.exit(f"trombine: {error}")
    except ImproperlyConfigured as error:
        sys.exit(f"trombine: {error}")
