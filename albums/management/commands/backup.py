"""bin/manage backup: the database, the originals and the settings, into a folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from albums.management.backup_words import MOST_NAMED, failure_of, megabytes, named
from albums.services.backup.backup import Made, backup_make, originals_count
from albums.services.backup.checks import Checked, backup_check
from albums.services.backup.format import BackupError, manifest_read
from config.commands.reporting import Outcome, ReportingCommand, cannot, problem
from config.local_services.postgres import PostgresError


class Command(ReportingCommand):
    """Make a backup while the app runs, or read one again."""

    help = (
        "Back up the album while it runs: database, originals, settings and secret key. An earlier backup in "
        "TARGET is brought up to date: only what is new is copied."
    )
    examples = """
  bin/manage backup /mnt/disk/trombine             a new backup, or the earlier one brought up to date
  bin/manage backup /mnt/disk/trombine --verify    read every byte of it and compare
  bin/manage backup /mnt/disk/trombine --with-renditions
  bin/manage restore /mnt/disk/trombine --data /srv/photos

The folder has everything of everybody, the secret key included: keep it as you keep the album itself.
"""
    interrupted = (
        "Interrupted. What is copied is kept, and an earlier backup in the folder is as good as before: run "
        "it again to go on."
    )
    # A model that is missing is no reason to have no backup.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where, and what."""
        parser.add_argument("target", type=Path, metavar="TARGET", help="a new folder, or an earlier backup")
        parser.add_argument(
            "--with-renditions",
            action="store_true",
            help="also smaller pictures and those of faces; otherwise they are made again after a restore",
        )
        parser.add_argument(
            "--verify", action="store_true", help="make none, but read the backup in TARGET and compare it"
        )

    def work(self, **options: Any) -> Outcome:
        """Make it, or look at it."""
        target: Path = options["target"].expanduser().absolute()
        try:
            if options["verify"]:
                total = int(manifest_read(target).listing["count"])
                with self.bar(desc="Reading", unit="file", total=total) as bar:
                    return _verified(target, backup_check(source=target, progress=bar.update))
            with self.bar(desc="Copying", unit="file", total=originals_count()) as bar:
                made = backup_make(target=target, derived=options["with_renditions"], progress=bar.update)
            return _made(target, made)
        except BackupError as error:
            raise failure_of(error) from error
        except PostgresError as error:
            raise cannot(str(error), code="database") from error
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            said = f"The backup cannot be written: {error.strerror or error}{where}. Run it again to go on."
            raise cannot(said, code="storage") from error


def _made(target: Path, made: Made) -> Outcome:
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
    kept = f"{data['files']} files, {megabytes(int(data['bytes']))}, and the database are in {target}"
    lines = [f"{kept}; {made.copied} were new ({megabytes(made.copied_bytes)})."]
    if not made.missing and not made.damaged:
        return Outcome(data, lines)
    lines += [*named("missing in the album", made.missing), *named("damaged in the album", made.damaged)]
    said = (
        f"The backup is whole, but the album is not: {len(made.missing)} originals are missing and "
        f"{len(made.damaged)} are damaged. Look closer with: bin/manage check_integrity"
    )
    return Outcome(data, lines, problem(said, code="album_not_whole"))


def _verified(target: Path, found: Checked) -> Outcome:
    data = {
        "target": str(target),
        "made_at": found.manifest.made_at,
        "files": found.files,
        "bytes": found.size,
        "missing": found.missing,
        "damaged": found.damaged,
    }
    if found.whole:
        said = f"{found.files} files, {megabytes(found.size)}, made {found.manifest.made_at}: all as it was."
        return Outcome(data, [said])
    lines = [*named("missing", found.missing), *named("damaged", found.damaged)][: 2 * MOST_NAMED]
    return Outcome(
        data,
        lines,
        problem(
            f"{len(found.missing)} files are missing and {len(found.damaged)} are damaged. Delete the "
            "damaged ones and run bin/manage backup again: it copies what is not there.",
            code="damaged",
        ),
    )
