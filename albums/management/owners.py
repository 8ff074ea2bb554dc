"""Whose photos a command is about."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandParser

from albums.exceptions import OwnerUnclearError
from albums.services.uploading.folder_import import import_owner
from config.commands.reporting import wrong


def add_owner_option(parser: CommandParser) -> None:
    """The same option wherever it is about one account."""
    parser.add_argument(
        "--owner", metavar="NAME", help="whose photos; needed when there are several accounts"
    )


def owner_of(options: dict[str, Any]) -> User:
    """The account that is meant. Raises CommandFailure, naming the accounts to choose from."""
    try:
        return import_owner(username=options["owner"])
    except OwnerUnclearError as error:
        raise wrong(str(error), code="owner_unclear") from error
