"""Command `backup`: database, originals, settings and secret key, into a folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from albums.management.backup_messages import backup_errors, file_lines, format_bytes
from albums.services.backup.backup import Made, backup_forget, backup_make
from albums.services.backup.checks import Checked, backup_check
from albums.services.backup.format import MANIFEST, manifest_read
from albums.services.backup.stored_files import stored_count
from config.commands.reporting import ReportingCommand, Result, failed, usage_error


class Command(ReportingCommand):
    help = (
        "Back up the library while it runs: database, originals, settings and secret key. An earlier "
        "backup in TARGET is updated: only new files are copied."
    )
    examples = """
  bin/manage backup /mnt/disk/trombine             create a backup, or update an earlier one
  bin/manage backup /mnt/disk/trombine --verify    read and compare every byte of it
  bin/manage backup /mnt/disk/trombine --with-renditions
  bin/manage backup /mnt/disk/trombine --forget    after you deleted that folder
  bin/manage restore /mnt/disk/trombine --data /srv/photos

The folder contains all data of all accounts and the secret key: protect it like the library itself.
"""
    interrupted = "Interrupted. An earlier backup in the folder is still valid: run it again to continue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", type=Path, metavar="TARGET", help="a new folder, or an earlier backup")
        parser.add_argument("--with-renditions", action="store_true", help="include thumbnails and crops")
        parser.add_argument("--verify", action="store_true", help="compare the backup and create none")
        parser.add_argument(
            "--forget", action="store_true", help="the backup is deleted: receipts no longer name it"
        )

    def run(self, **options: Any) -> Result:
        target: Path = options["target"].expanduser().absolute()
        if options["forget"]:
            return _forget_result(target)
        with backup_errors("The backup cannot be written", service_code="database"):
            if options["verify"]:
                total = int(manifest_read(target).listing["count"])
                with self.bar(desc="Reading", unit="file", total=total) as bar:
                    return _verify_result(target, backup_check(source=target, progress=bar.update))
            with self.bar(desc="Copying", unit="file", total=stored_count()) as bar:
                made = backup_make(target=target, derived=options["with_renditions"], progress=bar.update)
            return _backup_result(target, made)


def _forget_result(target: Path) -> Result:
    if (target / MANIFEST).exists():
        raise usage_error(f"There is a backup in {target}: delete it first.", code="still_there")
    if not backup_forget(target):
        raise usage_error(f"No backup in {target} is known.", code="not_there")
    return Result({"target": str(target)}, [f"Forgotten: the backup in {target}."])


def _backup_result(target: Path, made: Made) -> Result:
    manifest = made.manifest
    listing = manifest.listing if manifest else {}
    data = {
        "target": str(target),
        "made_at": manifest.made_at if manifest else None,
        "files": listing.get("count", 0),
        "bytes": listing.get("bytes", 0),
        "copied": made.copied,
        "copied_bytes": made.copied_bytes,
        "missing": made.missing,
        "damaged": made.damaged,
    }
    files = f"{data['files']} files ({format_bytes(int(data['bytes']))})"
    copied = f"{made.copied} files ({format_bytes(made.copied_bytes)})"
    lines = [f"{target} contains {files} and the database; {copied} are new."]
    if not made.missing and not made.damaged:
        return Result(data, lines)
    lines += [*file_lines("missing", made.missing), *file_lines("damaged", made.damaged)]
    message = (
        f"The backup is complete, but the library is not: {len(made.missing)} originals are missing and "
        f"{len(made.damaged)} are damaged. For details: bin/manage check_integrity"
    )
    return Result(data, lines, failed(message, code="album_not_whole"))


def _verify_result(target: Path, found: Checked) -> Result:
    data = {
        "target": str(target),
        "made_at": found.manifest.made_at,
        "files": found.files,
        "bytes": found.size,
        "missing": found.missing,
        "damaged": found.damaged,
    }
    if found.whole:
        files = f"{found.files} files, {format_bytes(found.size)}, created {found.manifest.made_at}"
        return Result(data, [f"{files}: no problems."])
    lines = [*file_lines("missing", found.missing), *file_lines("damaged", found.damaged)]
    message = (
        f"{len(found.missing)} files are missing and {len(found.damaged)} are damaged. Delete the damaged "
        "ones and run bin/manage backup again: it copies missing files."
    )
    return Result(data, lines, failed(message, code="damaged"))
