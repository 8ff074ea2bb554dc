"""bin/manage import_folder: take in a folder of photos, and perhaps what is put there later."""

import argparse
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from kombu.exceptions import OperationalError as BrokerAway

from albums.exceptions import ImportFolderError
from albums.management.owners import add_owner_option, owner_of
from albums.management.watching import arrivals
from albums.services.uploading.folder_import import ImportReport, files_import, import_folder, wait_until_read
from albums.services.uploading.folder_listing import printable_path
from albums.tasks import request_reading
from config.commands.reporting import Outcome, ReportingCommand, cannot, wrong

# Without any photo read for so long, the person is told that there may be nobody to read them.
IDLE_SECONDS = 30.0
LEAST_POLL, MOST_POLL = 0.1, 3600.0


def poll_seconds(text: str) -> float:
    """A type for `--poll`."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not LEAST_POLL <= seconds <= MOST_POLL:
        legal = f"seconds from {LEAST_POLL:g} to {MOST_POLL:g}"
        raise argparse.ArgumentTypeError(f"it is {text!r}. Legal values: {legal}.")
    return seconds


class Command(ReportingCommand):
    """Take in every photo below a folder. The originals are copied; the folder is left as it is."""

    help = "Take in every photo below a folder: copied byte for byte, then read by the workers."
    examples = """
  bin/manage import_folder ~/Pictures
  bin/manage import_folder ~/Pictures/Wedding --album "The wedding"
  bin/manage import_folder ~/Pictures --album-per-folder --owner ada --wait
  bin/manage import_folder ~/Camera --watch              stay, and take in what comes; Ctrl-C ends it
  bin/manage import_folder /mnt/nas/photos --watch --poll 30

Run it again at any time: photos that are there already are passed over. What is renamed, moved or deleted in
the folder later deletes nothing in the album. A watched folder that goes away is waited for.
"""

    def add_arguments(self, parser: CommandParser) -> None:
        """Folder, albums, owner, and how long."""
        parser.add_argument("path", type=Path, metavar="PATH", help="the folder, with all folders in it")
        albums = parser.add_mutually_exclusive_group()
        albums.add_argument("--album", metavar="NAME", help="put all of them into this album")
        albums.add_argument(
            "--album-per-folder",
            action="store_true",
            help="put each folder's photos into an album of its name",
        )
        add_owner_option(parser)
        stay = parser.add_mutually_exclusive_group()
        stay.add_argument("--wait", action="store_true", help="wait until the workers have read every photo")
        stay.add_argument("--watch", action="store_true", help="stay, and take in what is added later")
        parser.add_argument(
            "--poll",
            type=poll_seconds,
            metavar="SECONDS",
            help="with --watch: look every so often, for network folders that tell of no change",
        )

    def work(self, **options: Any) -> Outcome:
        """Import, perhaps wait or watch, and account for every file."""
        if options["poll"] and not options["watch"]:
            raise wrong("--poll needs --watch.")
        owner, workers = owner_of(options), _Workers()
        folder: Path = options["path"].absolute()
        take: dict[str, Any] = {
            "folder": folder,
            "owner": owner,
            "enqueue": workers.ask,
            "album": options["album"],
            "album_per_folder": options["album_per_folder"],
        }
        try:
            if options["watch"]:
                report = self._watch(take, workers, poll=options["poll"])
            else:
                report = import_folder(**take, track=self._tracked)
        except ImportFolderError as error:
            raise wrong(str(error), code="folder") from error
        except ValidationError as error:
            raise wrong(f"--album: {' '.join(error.messages)}") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise cannot(
                f"The photos cannot be stored: {reason}. Run it again to go on.", code="storage"
            ) from error
        away = workers.ask_again()
        if options["wait"] and away is None:
            self._wait(report)
        outcome = Outcome(report_data(report), report_lines(report))
        if report.full:
            said = (
                f"{report.full} The import stopped there. Erase photos and empty the bin, or let the account "
                "keep more, in the administration or with TROMBINE_QUOTA_MB; then run it again to go on."
            )
            return Outcome(outcome.data, outcome.lines, cannot(said, code="quota_exceeded"))
        if away is None:
            return outcome
        said = (
            f"The photos are stored, but {workers.unaware} of them wait: the broker does not answer "
            f"({away}). Start it, or correct BROKER_URL; workers that run then read them within minutes, "
            "and so does bin/start."
        )
        return Outcome(outcome.data, outcome.lines, cannot(said, code="broker"))

    def _watch(self, take: dict[str, Any], workers: "_Workers", *, poll: float | None) -> ImportReport:
        """Take in what is there and what comes, until Ctrl-C, which is a good end."""
        report, folder = ImportReport(), take["folder"]
        if not folder.is_dir():
            raise wrong(f"{folder} is not a folder.", code="folder")
        first = True
        try:
            for listing in arrivals(folder, poll=poll, say=self.stderr.write):
                came = files_import(**take, listing=listing, track=self._tracked if first else iter)
                report.add(came)
                workers.ask_again()
                counts = (
                    f"{came.added} added, {came.already_there} already there, {len(came.refused)} refused"
                )
                more = f" Watching {folder}; Ctrl-C ends it." if first else ""
                self.stderr.write(f"{counts}.{more}")
                first = False
                if report.full:
                    break
        except KeyboardInterrupt:
            if first:  # what is there already was not all taken in
                raise
        report.refresh()
        return report

    def _wait(self, report: ImportReport) -> None:
        last_change = time.monotonic()
        told = False
        with self.bar(desc="Reading", unit="photo", total=0) as progress:

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

    def _tracked(self, files: Sequence[str]) -> Iterable[str]:
        tracked: Iterable[str] = self.bar(files, desc="Importing", unit="file")
        return tracked


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


def report_data(report: ImportReport) -> dict[str, Any]:
    """What became of the files, for programs."""
    return {
        "added": report.added,
        "already_there": report.already_there,
        "refused": [
            {"path": printable_path(path), "code": code, "reason": reason}
            for path, code, reason in report.refused
        ],
        "hidden": report.hidden,
        "sidecars": report.sidecars,
        "unread": report.unread,
        "seconds": round(report.seconds, 1),
    }


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
