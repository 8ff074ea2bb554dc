"""Command `sweep_erased`: removal of erased data from the database's files."""

from typing import Any

from django.core.management.base import CommandParser

from albums.management.sweep_messages import sweep_now
from config.commands.reporting import ReportingCommand, Result, unavailable


class Command(ReportingCommand):
    help = (
        "Remove the remains of erased data from the files of the database now. The worker does so by itself, "
        "some minutes after an erasure."
    )
    examples = """
  bin/manage sweep_erased            finish all erasures, and list the backups that still hold the data
  bin/manage sweep_erased --json

Tables are locked for moments while they are written anew.
"""
    interrupted = "Interrupted. The worker continues, or run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        """There are no arguments of its own."""

    def run(self, **_options: Any) -> Result:
        data, lines = sweep_now(self)
        failure = None if data["swept"] else unavailable(lines[0], code="busy")
        return Result(data, lines if failure is None else lines[1:], failure)
