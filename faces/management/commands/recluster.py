"""bin/manage recluster: group the faces into people anew."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from albums.exceptions import OwnerUnclearError
from albums.services.imports import import_owner
from faces.services.clustering import owner_recluster

WRONG_ARGUMENTS = 2
EXAMPLES = """examples:
  bin/manage recluster
  bin/manage recluster --owner ada
  bin/manage recluster --plan

It moves guesses, never facts: names stay with the faces they were given to.
"""


class Command(BaseCommand):
    """Group one owner's faces."""

    help = "Group the faces that were found into people anew. (The app does this by itself after an import.)"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With examples, set as they are written."""
        kwargs |= {"epilog": EXAMPLES, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose faces."""
        parser.add_argument(
            "--owner", metavar="NAME", help="whose photos; needed when there are several accounts"
        )

        parser.add_argument(
            "--plan", action="store_true", help="say what would move, split and join, and change nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run, and say what came out."""
        try:
            owner = import_owner(username=options["owner"])
        except OwnerUnclearError as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        if options["plan"]:
            self.stdout.write("\n".join(owner_recluster(owner, plan=True).lines()))
            return
        run = owner_recluster(owner)
        if run is None:
            raise CommandError("These faces are being grouped right now; try again in a moment.")
        self.stdout.write(f"{run.faces} faces: {run.people} people, {run.waiting} waiting, {run.moved} moved")
