"""bin/manage export_people: who is where, as a CSV file."""

from __future__ import annotations

import csv
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from django.core.management.base import CommandParser

from albums.management.owners import add_owner_option, owner_of
from config.commands.reporting import Outcome, ReportingCommand, problem, wrong
from faces.models import Face
from faces.services.exporting.csv import COLUMNS, people_rows

if TYPE_CHECKING:
    from collections.abc import Iterator


class Command(ReportingCommand):
    """Write one row a face."""

    help = "Write who is where in whose photos: one row a face, as CSV."
    examples = """
  bin/manage export_people people.csv
  bin/manage export_people --owner ada - | head

One row a face: photo, x, y, w, h (pixels of the upright photo), person, name, state.
"""
    interrupted = "Interrupted. What was there before is as it was: run it again."

    # It needs no models.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """File and owner."""
        parser.add_argument("file", metavar="FILE.csv", help="the file to write, or - for the terminal")
        add_owner_option(parser)

    def work(self, **options: Any) -> Outcome:
        """Write the file, whole or not at all."""
        if options["file"] == "-" and options["json"]:
            raise wrong("With --json the rows go into a file: name one instead of -.")
        owner = owner_of(options)
        count = 0
        total = Face.objects.visible_to(owner).count()
        try:
            with (
                _target(options["file"]) as stream,
                self.bar(desc="Writing", unit="face", total=total) as bar,
            ):
                # A path may hold bytes that are no text, which come back as they were.
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(COLUMNS)
                for row in people_rows(owner):
                    writer.writerow(row)
                    count += 1
                    bar.update()
        except BrokenPipeError:
            return Outcome()  # who reads has seen enough, as with `| head`
        except OSError as error:
            raise problem(
                f"{options['file']} cannot be written: {error.strerror or error}", code="not_written"
            ) from error
        said = [] if options["file"] == "-" else [f"{count} faces written to {options['file']}"]
        return Outcome({"faces": count, "file": options["file"]}, said)


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
