"""Command `import_folder`: photos of a folder, now and, with --watch, those added later."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from kombu.exceptions import OperationalError as BrokerError

from albums.exceptions import ImportFolderError
from albums.management.accounts import add_owner_option, find_account
from albums.management.folder_watcher import watch_folder
from albums.management.gallery_import import GalleryImport
from albums.management.patience import Patience
from albums.management.takeout_report import takeout_data, takeout_lines
from albums.services.importing.takeout import TakeoutReport, takeout_source
from albums.services.importing.xmp_files import xmp_files_of
from albums.services.uploading.folder_import import (
    ImportReport,
    files_import,
    import_folder,
    wait_until_read,
)
from albums.services.uploading.folder_listing import printable_path
from albums.tasks import request_reading
from config.commands.command_line import number_within
from config.commands.reporting import ReportingCommand, Result, unavailable, usage_error


class Command(ReportingCommand):
    help = "Import all photos of a folder: copied byte for byte, then processed by the workers."
    examples = """
  bin/manage import_folder ~/Pictures
  bin/manage import_folder ~/Pictures/Wedding --album "The wedding"
  bin/manage import_folder ~/Pictures --album-per-folder --owner ada --wait
  bin/manage import_folder ~/Camera --watch              also import new files, until Ctrl-C
  bin/manage import_folder /mnt/nas/photos --watch --poll 30
  bin/manage import_folder --takeout ~/Downloads/takeout-20240101.zip      from Google Photos
  bin/manage import_folder --takeout ~/Downloads        a folder with all zips of an export
  bin/manage import_folder --gallery Celebrities         a look-alike gallery of Celebrities/PERSON/*.jpg

Run it again at any time: photos that were imported before are skipped. Renaming, moving or deleting files in
the folder never deletes photos from the album. If a watched folder disappears, the command waits for it.
"""
    requires_system_checks = "__all__"  # a missing model is an error

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="the folder, with all its sub-folders")
        albums = parser.add_mutually_exclusive_group()
        albums.add_argument("--album", metavar="NAME", help="add all photos to this album")
        albums.add_argument("--album-per-folder", action="store_true", help="create an album for each folder")
        parser.add_argument(
            "--gallery",
            action="store_true",
            help="make a look-alike gallery of a folder with a sub-folder for each person: wait until the "
            "photos are scanned, and name the people",
        )
        parser.add_argument(
            "--takeout",
            action="store_true",
            help="PATH is an export of Google Takeout: a zip, a folder with its zips, or the unpacked "
            "folder; dates, places, descriptions, albums, favourites and names are taken from its JSON files",
        )
        add_owner_option(parser)
        duration = parser.add_mutually_exclusive_group()
        duration.add_argument("--wait", action="store_true", help="wait until all photos are read")
        duration.add_argument("--watch", action="store_true", help="keep running and import new files")
        parser.add_argument(
            "--poll",
            type=number_within(0.1, 3600.0),
            metavar="SECONDS",
            help="with --watch: check this often, for network folders without notifications",
        )

    def run(self, **options: Any) -> Result:
        check_options(options)
        queue = _ReadingQueue()
        folder, owner = options["path"].absolute(), find_account(options["owner"])
        gallery, takeout = None, None
        if options["gallery"]:
            gallery = GalleryImport(
                folder, owner, album=options["album"], bar=self.bar, notify=self.stderr.write
            )
        arguments: dict[str, Any] = {
            "folder": folder,
            "owner": owner,
            "enqueue": queue.add,
            "album": options["album"] if gallery is None else gallery.album_name,
            "album_per_folder": options["album_per_folder"],
            "describe": xmp_files_of(folder),
            "track": partial(self.bar, desc="Importing", unit="file"),
        }
        try:
            if options["watch"]:
                report = self._watch(arguments, queue, poll=options["poll"])
            elif options["takeout"]:
                report, takeout = self._takeout(arguments)
            else:
                report = import_folder(**arguments)
        except ImportFolderError as error:
            raise usage_error(str(error), code="folder") from error
        except ValidationError as error:
            raise usage_error(f"--album: {' '.join(error.messages)}") from error
        except OSError as error:
            message = f"The photos cannot be stored: {error.strerror or error}. Run it again to continue."
            raise unavailable(message, code="storage") from error
        broker_error = queue.flush()
        if (options["wait"] or gallery) and broker_error is None:
            self._wait(report)
        data, lines = report_data(report), report_lines(report)
        if takeout is not None:
            data["takeout"] = takeout_data(takeout)
            lines += takeout_lines(takeout)
        if gallery and broker_error is None:
            gallery.name_people(report)
            data["gallery"] = gallery.data()
            lines += gallery.lines()
        if report.full:
            message = (
                f"{report.full} The import stopped there. Delete photos and empty the bin, or raise the "
                "account's limit in the administration or with TROMBINE_QUOTA_MB; then run it again to "
                "continue."
            )
            return Result(data, lines, unavailable(message, code="quota_exceeded"))
        if broker_error is None:
            return Result(data, lines)
        message = (
            f"The photos are stored, but {len(queue.waiting)} of them are not queued: the broker does not "
            f"answer ({broker_error}). Start it, or correct BROKER_URL; running workers then read them "
            "within minutes, and so does bin/start."
        )
        return Result(data, lines, unavailable(message, code="broker"))

    def _watch(
        self, arguments: dict[str, Any], queue: "_ReadingQueue", *, poll: float | None
    ) -> ImportReport:
        """Import present and new files until Ctrl-C."""
        report, folder = ImportReport(), arguments["folder"]
        if not folder.is_dir():
            raise usage_error(f"{folder} is not a folder.", code="folder")
        first = True
        try:
            for listing in watch_folder(folder, poll=poll, notify=self.stderr.write):
                batch = import_folder(**arguments, listing=listing)
                report.add(batch)
                queue.flush()
                more = f" Watching {folder}; Ctrl-C ends it." if first else ""
                unfinished = f" {batch.unfinished} unfinished downloads wait." if batch.unfinished else ""
                self.stderr.write(f"{_counts(batch)}.{unfinished}{more}")
                first, arguments["track"] = False, iter
                if report.full:
                    break
        except KeyboardInterrupt:
            if first:  # files that were present are not imported yet
                raise
        report.refresh()
        return report

    def _takeout(self, arguments: dict[str, Any]) -> tuple[ImportReport, TakeoutReport]:
        """Import an export of Google Takeout."""
        owner = arguments["owner"]
        with takeout_source(arguments["folder"], owner=owner) as source:
            report = files_import(
                source=source, owner=owner, enqueue=arguments["enqueue"], track=arguments["track"]
            )
        return report, source.report

    def _wait(self, report: ImportReport) -> None:
        message = "No photo has been read for a while. Is a worker running? (bin/start runs one.)"
        with self.bar(desc="Reading", unit="photo", total=0) as bar:
            patience = Patience(bar, lambda: self.stderr.write(message))
            wait_until_read(report=report, on_progress=patience.show)


class _ReadingQueue:
    """Queues photos for reading; after an error of the broker it collects them for the next `flush`."""

    def __init__(self) -> None:
        self.waiting: list[int] = []

    def add(self, image_ids: Sequence[int]) -> None:
        # Each failing attempt takes a second, and there may be thousands.
        retry = not self.waiting
        self.waiting += image_ids
        if retry:
            self.flush()

    def flush(self) -> BrokerError | None:
        """Queue all waiting photos; return the broker's error if that fails."""
        try:
            request_reading(self.waiting)
        except BrokerError as error:
            return error
        self.waiting.clear()
        return None


def check_options(options: dict[str, Any]) -> None:
    """Raise a usage error for options that exclude each other."""
    if options["poll"] and not options["watch"]:
        raise usage_error("--poll needs --watch.")
    if options["gallery"] and (options["watch"] or options["album_per_folder"]):
        raise usage_error("--gallery cannot be combined with --watch or --album-per-folder.")
    if options["takeout"] and (options["watch"] or options["gallery"]):
        raise usage_error("--takeout cannot be combined with --watch or --gallery.")
    if options["takeout"] and (options["album"] or options["album_per_folder"]):
        raise usage_error(
            "--takeout takes the albums from the export: leave out --album and --album-per-folder."
        )


def report_data(report: ImportReport) -> dict[str, Any]:
    """Return the report for programs."""
    return {
        "added": report.added,
        "already_there": report.already_there,
        "refused": [
            {"path": printable_path(path), "code": code, "reason": reason}
            for path, code, reason in report.refused
        ],
        "hidden": report.hidden,
        "sidecars": report.sidecars,
        "not_photos": report.not_photos,
        "unfinished": report.unfinished,
        "system_folders": report.system_folders,
        "unread": report.unread,
        "seconds": round(report.seconds, 1),
    }


def report_lines(report: ImportReport) -> list[str]:
    """Return the report for people: counts, then each refused file with its reason."""
    lines = [f"{_counts(report)} ({report.seconds:.1f} s)."]
    skipped = [
        (report.hidden, "hidden files"),
        (report.sidecars, "sidecars"),
        (report.not_photos, "files that are not photos"),
        (report.unfinished, "unfinished downloads"),
        (report.system_folders, "system folders"),
    ]
    if counts := ", ".join(f"{count} {words}" for count, words in skipped if count):
        lines.append(f"Skipped: {counts}.")
    if report.unread:
        lines.append(f"{report.unread} are not read yet by the workers, which may refuse more.")
    lines += [
        f"  refused: {printable_path(path)}: {reason} [{code}]" for path, code, reason in report.refused
    ]
    return lines


def _counts(report: ImportReport) -> str:
    return f"{report.added} added, {report.already_there} duplicates, {len(report.refused)} refused"
