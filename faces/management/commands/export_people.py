"""bin/manage export_people: who is where, as a CSV file."""

from __future__ import annotations

import argparse
import csv
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from albums.exceptions import OwnerUnclearError
from albums.services.imports import import_owner
from faces.services.exports import COLUMNS, people_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

WRONG_ARGUMENTS = 2
EXAMPLES = """examples:
  bin/manage export_people people.csv
  bin/manage export_people --owner ada - | head

One row a face: photo, x, y, w, h (pixels of the upright photo), person, name, state.
"""


class Command(BaseCommand):
    """Write one row a face."""

    help = "Write who is where in whose photos: one row a face, as CSV."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With examples, set as they are written."""
        kwargs |= {"epilog": EXAMPLES, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """File and owner."""
        parser.add_argument("file", metavar="FILE.csv", help="the file to write, or - for the terminal")
        parser.add_argument(
            "--owner", metavar="NAME", help="whose photos; needed when there are several accounts"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file, whole or not at all."""
        try:
            owner = import_owner(username=options["owner"])
        except OwnerUnclearError as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        try:
            with _target(options["file"]) as stream:
                # A path may hold bytes that are no text, which come back as they were.
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(COLUMNS)
                count = 0
                for row in people_rows(owner):
                    writer.writerow(row)
                    count += 1
        except BrokenPipeError:
            return  # who reads has seen enough, as with `| head`
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written: {error.strerror or error}") from error
        if options["file"] != "-":
            self.stdout.write(f"{count} faces written to {options['file']}")


@contextmanager
def _target(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdout
        return
    path = Path(name)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", newline="", encoding="utf-8", errors="surrogateescape") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
