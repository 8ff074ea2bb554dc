"""Command `export_people`: faces with their people, as a CSV file."""

from __future__ import annotations

import csv
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from django.core.management.base import CommandParser

from albums.management.accounts import add_owner_option, find_account
from config.commands.reporting import ReportingCommand, Result, failed, usage_error
from faces.models import Face
from faces.services.exporting.csv import COLUMNS, people_rows

if TYPE_CHECKING:
    from collections.abc import Iterator


class Command(ReportingCommand):
    help = "Export all faces of an owner with their people as CSV, one row per face."
    examples = """
  bin/manage export_people people.csv
  bin/manage export_people --owner ada - | head

Columns: photo, x, y, w, h (pixels of the upright photo), person, name, state.
"""
    interrupted = "Interrupted. An existing file was not changed: run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", help="the file to write, or - for standard output")
        add_owner_option(parser)

    def run(self, **options: Any) -> Result:
        """Write the file atomically."""
        file = options["file"]
        if file == "-" and options["json"]:
            raise usage_error("With --json the rows need a file: replace - with a name.")
        owner = find_account(options["owner"])
        count = 0
        total = Face.objects.visible_to(owner).count()
        try:
            with _open(file) as stream, self.bar(desc="Writing", unit="face", total=total) as bar:
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(COLUMNS)
                for row in people_rows(owner):
                    writer.writerow(row)
                    count += 1
                    bar.update()
        except BrokenPipeError:
            return Result()  # the reader has ended, as with `| head`
        except OSError as error:
            message = f"{file} cannot be written: {error.strerror or error}"
            raise failed(message, code="not_written") from error
        lines = [] if file == "-" else [f"{count} faces written to {file}"]
        return Result({"faces": count, "file": file}, lines)


@contextmanager
def _open(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdout
        return
    path = Path(name)
    part = path.with_name(f".{path.name}.part")
    try:
        # Paths may contain bytes that are no text; they are written unchanged.
        with part.open("w", newline="", encoding="utf-8", errors="surrogateescape") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
