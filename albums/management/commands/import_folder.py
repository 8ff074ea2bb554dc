"""bin/manage import_folder: take in a folder of photos."""

import argparse
import functools
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from kombu.exceptions import OperationalError as BrokerAway
from tqdm import tqdm

from albums.exceptions import ImportFolderError, OwnerUnclearError
from albums.services.imports import (
    ImportReport,
    import_folder,
    import_owner,
    printable_path,
    wait_until_read,
)
from albums.tasks import request_reading

WRONG_ARGUMENTS = 2
ACCOUNT_FULL = 3
# Without any photo read for so long, the person is told that there may be nobody to read them.
IDLE_SECONDS = 30.0

EXAMPLES = """examples:
  bin/manage import_folder ~/Pictures
  bin/manage import_folder ~/Pictures/Wedding --album "The wedding"
  bin/manage import_folder ~/Pictures --album-per-folder --owner ada --wait

Run it again at any time: photos that are there already are passed over.
"""


class Command(BaseCommand):
    """Take in every photo below a folder. The originals are copied; the folder is left as it is."""

    help = "Take in every photo below a folder: copied byte for byte, then read by the workers."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With examples, set as they are written."""
        return super().create_parser(
            prog_name,
            subcommand,
            epilog=EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Folder, albums, owner, and what to show."""
        parser.add_argument("path", type=Path, metavar="PATH", help="the folder, with all folders in it")
        albums = parser.add_mutually_exclusive_group()
        albums.add_argument("--album", metavar="NAME", help="put all of them into this album")
        albums.add_argument(
            "--album-per-folder",
            action="store_true",
            help="put each folder's photos into an album of its name",
        )
        parser.add_argument(
            "--owner", metavar="NAME", help="whose photos; needed when there are several accounts"
        )
        parser.add_argument(
            "--wait", action="store_true", help="wait until the workers have read every photo"
        )
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import, perhaps wait, and account for every file."""
        bar = functools.partial(
            tqdm, unit="file", file=sys.stderr, disable=True if options["no_progress"] else None
        )
        workers = _Workers()
        try:
            report = import_folder(
                folder=options["path"],
                owner=import_owner(username=options["owner"]),
                enqueue=workers.ask,
                album=options["album"],
                album_per_folder=options["album_per_folder"],
                track=functools.partial(_tracked, bar),
            )
        except (ImportFolderError, OwnerUnclearError) as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        except ValidationError as error:
            message = f"--album: {' '.join(error.messages)}"
            raise CommandError(message, returncode=WRONG_ARGUMENTS) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(f"The photos cannot be stored: {reason}. Run it again to go on.") from error
        away = workers.ask_again()
        if options["wait"] and away is None:
            self._wait(report, bar)
        for line in report_lines(report):
            self.stdout.write(line)
        if report.full:
            raise CommandError(
                f"{report.full} The import stopped there. Erase photos and empty the bin, or let the account "
                "keep more, in the administration or with TROMBINE_QUOTA_MB; then run it again to go on.",
                returncode=ACCOUNT_FULL,
            )
        if away is not None:
            raise CommandError(
                f"The photos are stored, but {workers.unaware} of them wait: the broker does not answer "
                f"({away}). Start it, or correct BROKER_URL; workers that run then read them within minutes, "
                "and so does bin/start."
            )

    def _wait(self, report: ImportReport, bar: "functools.partial[tqdm[Any]]") -> None:
        last_change = time.monotonic()
        told = False
        with bar(desc="Reading", total=0) as progress:

            def show(read: int, total: int) -> None:
                nonlocal last_change, told
                if read != progress.n:
                    last_change, told = time.monotonic(), False
                progress.total = total
                progress.n = read
                progress.refresh()
                if not told and time.monotonic() - last_change > IDLE_SECONDS:
                    told = True
                    self.stderr.write(
                        "No photo has been read for a while. Is a worker running? (bin/start runs one.)"
                    )

            wait_until_read(report=report, on_progress=show)


class _Workers:
    """Tells the workers of photos. Once the broker was away, the rest is asked for together at the end."""

    def __init__(self) -> None:
        self._waiting: list[int] = []

    @property
    def unaware(self) -> int:
        """How many photos no worker has heard of."""
        return len(self._waiting)

    def ask(self, image_ids: Sequence[int]) -> None:
        if self._waiting:
            self._waiting += image_ids
            return
        try:
            request_reading(image_ids)
        except BrokerAway:
            # Each try takes a second, and there may be thousands of them.
            self._waiting += image_ids

    def ask_again(self) -> BrokerAway | None:
        """What kept the workers from hearing of all photos; None when they have."""
        try:
            request_reading(self._waiting)
        except BrokerAway as error:
            return error
        self._waiting.clear()
        return None


def _tracked(bar: "functools.partial[tqdm[Any]]", files: Sequence[str]) -> Iterable[str]:
    tracked: Iterable[str] = bar(files, desc="Importing")
    return tracked


def report_lines(report: ImportReport) -> list[str]:
    """What became of the files, for people: counts, then each refusal with its file and reason."""
    counts = f"{report.added} added, {report.already_there} already there, {len(report.refused)} refused"
    lines = [f"{counts} ({report.seconds:.1f} s)."]
    if report.hidden or report.sidecars:
        lines.append(f"Passed over: {report.hidden} hidden files, {report.sidecars} sidecars.")
    if report.unread:
        lines.append(f"{report.unread} are still to be read by the workers; more may be refused then.")
    lines += [
        f"  refused: {printable_path(path)}: {reason} [{code}]" for path, code, reason in report.refused
    ]
    return lines
